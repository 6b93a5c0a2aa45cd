package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

// seen is what one read of a VM shows.
type seen struct {
	isOn    bool
	address string
}

type places struct{ cluster, image, subnet string }

type vmToMake struct {
	name, userData  string
	memoryMiB, cpus int
	places
}

// cloud is one API of Prism Central. Changes end when their task has ended.
type cloud interface {
	resolve(cluster, image, subnet, vm string) (places, error)
	create(vmToMake) (string, error)
	see(id string) (seen, error)
	power(id string, on bool) error
	shutdown(id string) error
	remove(id string) error
}

// object is any JSON object; at walks down names and, as "0", into the first of a list.
type object map[string]any

func (o object) at(path ...string) any {
	var value any = map[string]any(o)
	for _, name := range path {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[name]
		case []any:
			if len(inner) == 0 {
				return nil
			}
			value = inner[0]
		default:
			return nil
		}
	}
	return value
}

func (o object) text(path ...string) string {
	text, _ := o.at(path...).(string)
	return text
}

// rest sends JSON; cookies carry the session after the first answer.
type rest struct {
	base, username, password string
	client                   *http.Client
}

func newREST(base, username, password, fingerprint string) (*rest, error) {
	wanted := strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(fingerprint, ":", "")), "sha256")
	pinned := func(raw [][]byte, _ [][]*x509.Certificate) error {
		if sum := sha256.Sum256(raw[0]); wanted != "" && hex.EncodeToString(sum[:]) != wanted {
			return errors.New("another certificate than the one of the fingerprint")
		}
		return nil
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true, VerifyPeerCertificate: pinned}
	jar, err := cookiejar.New(nil)
	return &rest{base, username, password, &http.Client{Transport: transport, Jar: jar, Timeout: 30 * time.Second}}, err
}

func (r *rest) send(method, path string, body any, headers map[string]string) (object, http.Header, error) {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, nil, err
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, r.base+path, sent)
	if err != nil {
		return nil, nil, err
	}
	if len(r.client.Jar.Cookies(request.URL)) == 0 {
		request.SetBasicAuth(r.username, r.password)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	reply, err := r.client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		return nil, nil, err
	}
	if reply.StatusCode >= 300 {
		return nil, nil, fmt.Errorf("%s %s: HTTP %d: %.300s", method, path, reply.StatusCode, text)
	}
	answer := object{}
	if len(text) > 0 {
		err = json.Unmarshal(text, &answer)
	}
	return answer, reply.Header, err
}

// untilTaskEnds polls as the driver does: every 200 ms at first.
func untilTaskEnds(read func() (object, string, error)) (object, error) {
	for pause := 200 * time.Millisecond; ; pause = min(pause*3/2, 2*time.Second) {
		time.Sleep(pause)
		task, status, err := read()
		if err != nil || status == "SUCCEEDED" {
			return task, err
		}
		if status == "FAILED" || status == "CANCELED" || status == "ABORTED" {
			return nil, fmt.Errorf("the task ended as %s", status)
		}
	}
}

type v3 struct{ *rest }

const v3Base = "/api/nutanix/v3/"

func (c v3) find(kind, attribute, name string) (string, error) {
	query := object{"kind": kind, "offset": 0, "length": 500, "filter": attribute + "==" + url.PathEscape(name)}
	answer, _, err := c.send("POST", v3Base+kind+"s/list", query, nil)
	return answer.text("entities", "0", "metadata", "uuid"), err
}

func (c v3) resolve(cluster, image, subnet, vm string) (found places, err error) {
	if found.cluster, err = c.find("cluster", "name", cluster); err != nil {
		return
	}
	if found.image, err = c.find("image", "name", image); err != nil {
		return
	}
	if found.subnet, err = c.find("subnet", "name", subnet); err != nil {
		return
	}
	_, err = c.find("vm", "vm_name", vm)
	return
}

func reference(kind, id string) object { return object{"kind": kind, "uuid": id} }

func (c v3) create(vm vmToMake) (string, error) {
	body := object{"api_version": "3.1", "metadata": object{"kind": "vm"}, "spec": object{
		"name": vm.name, "cluster_reference": reference("cluster", vm.cluster),
		"resources": object{
			"power_state": "ON", "num_sockets": vm.cpus, "num_vcpus_per_socket": 1, "memory_size_mib": vm.memoryMiB,
			"disk_list":           []object{{"data_source_reference": reference("image", vm.image)}},
			"nic_list":            []object{{"nic_type": "NORMAL_NIC", "is_connected": true, "subnet_reference": reference("subnet", vm.subnet)}},
			"guest_customization": object{"cloud_init": object{"user_data": base64.StdEncoding.EncodeToString([]byte(vm.userData))}},
		}}}
	answer, _, err := c.send("POST", v3Base+"vms", body, nil)
	if err != nil {
		return "", err
	}
	return answer.text("metadata", "uuid"), c.wait(answer)
}

func (c v3) wait(accepted object) error {
	id := accepted.text("status", "execution_context", "task_uuid")
	if id == "" {
		id = accepted.text("task_uuid")
	}
	_, err := untilTaskEnds(func() (object, string, error) {
		task, _, err := c.send("GET", v3Base+"tasks/"+id, nil, nil)
		return task, task.text("status"), err
	})
	return err
}

func (c v3) see(id string) (seen, error) {
	vm, _, err := c.send("GET", v3Base+"vms/"+id, nil, nil)
	resources := object{"r": vm.at("status", "resources")}
	return seen{resources.text("r", "power_state") == "ON", resources.text("r", "nic_list", "0", "ip_endpoint_list", "0", "ip")}, err
}

func (c v3) power(id string, on bool) error {
	vm, _, err := c.send("GET", v3Base+"vms/"+id, nil, nil)
	if err != nil {
		return err
	}
	delete(vm, "status")
	resources, _ := vm.at("spec", "resources").(map[string]any)
	resources["power_state"] = map[bool]string{true: "ON", false: "OFF"}[on]
	answer, _, err := c.send("PUT", v3Base+"vms/"+id, vm, nil)
	if err != nil {
		return err
	}
	return c.wait(answer)
}

func (c v3) shutdown(id string) error {
	answer, _, err := c.send("POST", v3Base+"vms/"+id+"/acpi_shutdown", object{}, nil)
	if err != nil {
		return err
	}
	return c.wait(answer)
}

func (c v3) remove(id string) error {
	answer, _, err := c.send("DELETE", v3Base+"vms/"+id, nil, nil)
	if err != nil {
		return err
	}
	return c.wait(answer)
}

type v4 struct{ *rest }

const (
	v4VMs   = "/api/vmm/v4.0/ahv/config/vms"
	v4Tasks = "/api/prism/v4.0/config/tasks/"
)

func (c v4) find(path, name string) (string, error) {
	filter := url.QueryEscape("name eq '" + name + "'")
	answer, _, err := c.send("GET", path+"?$filter="+filter+"&$page=0&$limit=100", nil, nil)
	return answer.text("data", "0", "extId"), err
}

func (c v4) resolve(cluster, image, subnet, vm string) (found places, err error) {
	if found.cluster, err = c.find("/api/clustermgmt/v4.0/config/clusters", cluster); err != nil {
		return
	}
	if found.image, err = c.find("/api/vmm/v4.0/content/images", image); err != nil {
		return
	}
	if found.subnet, err = c.find("/api/networking/v4.0/config/subnets", subnet); err != nil {
		return
	}
	_, err = c.find(v4VMs, vm)
	return
}

func (c v4) create(vm vmToMake) (string, error) {
	kind := func(name string) string { return "vmm.v4.ahv.config." + name }
	source := object{"$objectType": kind("DataSource"), "reference": object{"$objectType": kind("ImageReference"), "imageExtId": vm.image}}
	body := object{
		"name": vm.name, "numSockets": vm.cpus, "numCoresPerSocket": 1, "memorySizeBytes": vm.memoryMiB << 20,
		"cluster": object{"extId": vm.cluster},
		"disks":   []object{{"backingInfo": object{"$objectType": kind("VmDisk"), "dataSource": source}}},
		"nics":    []object{{"networkInfo": object{"nicType": "NORMAL_NIC", "subnet": object{"extId": vm.subnet}}}},
		"guestCustomization": object{"config": object{"$objectType": kind("CloudInit"), "cloudInitScript": object{
			"$objectType": kind("Userdata"), "value": base64.StdEncoding.EncodeToString([]byte(vm.userData))}}},
	}
	task, err := c.change("POST", v4VMs, "", body)
	if err != nil {
		return "", err
	}
	affected, _ := task.at("data", "entitiesAffected").([]any)
	for _, one := range affected {
		entity, _ := one.(map[string]any)
		if id := object(entity).text("extId"); strings.HasSuffix(object(entity).text("rel"), ":vm") {
			return id, c.power(id, true)
		}
	}
	return "", errors.New("the task names no VM")
}

// change sends what changes something and waits for its task; with an id, the VM is read for its ETag before.
func (c v4) change(method, path, id string, body any) (object, error) {
	headers := map[string]string{"NTNX-Request-Id": uuid.NewString()}
	if id != "" {
		_, read, err := c.send("GET", v4VMs+"/"+id, nil, nil)
		if err != nil {
			return nil, err
		}
		headers["If-Match"] = read.Get("ETag")
	}
	answer, _, err := c.send(method, path, body, headers)
	if err != nil {
		return nil, err
	}
	return untilTaskEnds(func() (object, string, error) {
		task, _, err := c.send("GET", v4Tasks+url.PathEscape(answer.text("data", "extId")), nil, nil)
		return task, task.text("data", "status"), err
	})
}

func (c v4) see(id string) (seen, error) {
	vm, _, err := c.send("GET", v4VMs+"/"+id, nil, nil)
	on := vm.text("data", "powerState") == "ON"
	for _, name := range []string{"networkInfo", "nicNetworkInfo"} {
		for _, list := range [][]string{{"ipv4Info", "learnedIpAddresses", "0", "value"}, {"ipv4Config", "ipAddress", "value"}} {
			if address := vm.text(append([]string{"data", "nics", "0", name}, list...)...); address != "" {
				return seen{on, address}, err
			}
		}
	}
	return seen{isOn: on}, err
}

func (c v4) power(id string, on bool) error {
	action := map[bool]string{true: "power-on", false: "power-off"}[on]
	_, err := c.change("POST", v4VMs+"/"+id+"/$actions/"+action, id, object{})
	return err
}

func (c v4) shutdown(id string) error {
	_, err := c.change("POST", v4VMs+"/"+id+"/$actions/shutdown", id, object{})
	return err
}

func (c v4) remove(id string) error {
	_, err := c.change("DELETE", v4VMs+"/"+id, id, nil)
	return err
}
