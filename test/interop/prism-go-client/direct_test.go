package prismgoclient

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"
)

// direct is a request beside the client: to the simulator's own endpoints.
func direct(t *testing.T, method, path string, body, answer any) {
	t.Helper()
	sent, err := json.Marshal(body)
	check(t, err)
	c := credentials()
	request, err := http.NewRequest(method, "https://"+c.URL+path, bytes.NewReader(sent))
	check(t, err)
	request.SetBasicAuth(c.Username, c.Password)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport, Timeout: time.Minute}).Do(request)
	check(t, err)
	defer response.Body.Close()
	received, err := io.ReadAll(response.Body)
	check(t, err)
	if response.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %s", method, path, response.Status, received)
	}
	if answer != nil {
		check(t, json.Unmarshal(received, answer))
	}
}
