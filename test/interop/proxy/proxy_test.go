// Package proxy asks Go's own HTTP client which proxy it takes, and compares with test/golden/proxy. With -update the
// answers in that file are written anew; its questions are made by hand.
package proxy

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"testing"
)

const golden = "../../golden/proxy/environment.json"

var update = flag.Bool("update", false, "write what this Go answers")

// The question is handed to a process of its own, since Go reads the environment once.
const question = "PROXY_QUESTION"

type table struct {
	// Go is the version that answered.
	Go    string  `json:"go"`
	Cases []*fact `json:"cases"`
}

type fact struct {
	What        string            `json:"what"`
	Environment map[string]string `json:"environment"`
	URL         string            `json:"url"`
	Answer      answer            `json:"answer"`
}

// answer is what Go does: Proxy is empty for a direct connection.
type answer struct {
	Proxy string `json:"proxy,omitempty"`
	// SignIn is the Proxy-Authorization that is sent to an http proxy.
	SignIn string `json:"signIn,omitempty"`
	Error  string `json:"error,omitempty"`
}

func TestMain(m *testing.M) {
	if target := os.Getenv(question); target != "" {
		_ = json.NewEncoder(os.Stdout).Encode(ask(target))
		return
	}
	os.Exit(m.Run())
}

func TestProxyFromEnvironment(t *testing.T) {
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var recorded table
	if err := json.Unmarshal(text, &recorded); err != nil {
		t.Fatal(err)
	}
	for _, one := range recorded.Cases {
		t.Run(one.What, func(t *testing.T) {
			got := asked(t, one)
			if *update {
				one.Answer = got
			} else if got != one.Answer {
				t.Errorf("%s with %v: recorded %+v of %s, now %+v of %s",
					one.URL, one.Environment, one.Answer, recorded.Go, got, runtime.Version())
			}
		})
	}
	if !*update {
		return
	}
	recorded.Go = runtime.Version()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(recorded); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func asked(t *testing.T, one *fact) (got answer) {
	t.Helper()
	run := exec.Command(os.Args[0])
	run.Env = []string{question + "=" + one.URL}
	for name, value := range one.Environment {
		run.Env = append(run.Env, name+"="+value)
	}
	out, err := run.Output()
	if err == nil {
		err = json.Unmarshal(out, &got)
	}
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func ask(target string) answer {
	parsed, err := url.Parse(target)
	if err != nil {
		return answer{Error: err.Error()}
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: parsed})
	if err != nil {
		return answer{Error: err.Error()}
	}
	if proxy == nil {
		return answer{}
	}
	return answer{Proxy: proxy.Scheme + "://" + proxy.Host, SignIn: signIn(target, proxy)}
}

// signIn sends a request up to the CONNECT that the proxy gets, over a pipe.
func signIn(target string, proxy *url.URL) string {
	if proxy.Scheme != "http" {
		return ""
	}
	header := make(chan string, 1)
	transport := &http.Transport{
		Proxy: http.ProxyURL(proxy),
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				connect, err := http.ReadRequest(bufio.NewReader(theirs))
				if err != nil {
					header <- err.Error()
				} else {
					header <- connect.Header.Get("Proxy-Authorization")
				}
				theirs.Close()
			}()
			return ours, nil
		},
	}
	if _, err := (&http.Client{Transport: transport}).Get(target); err == nil {
		return errors.New("the tunnel was not refused").Error()
	}
	return <-header
}
