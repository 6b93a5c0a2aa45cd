package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"time"

	"github.com/hashicorp/go-hclog"
	hplugin "github.com/hashicorp/go-plugin"
	"gitlab.com/gitlab-org/fleeting/fleeting"
	"gitlab.com/gitlab-org/fleeting/fleeting/connector"
	"gitlab.com/gitlab-org/fleeting/fleeting/provider"
)

// instanceGroup is provider.InstanceGroup of both versions of the module: the older one has no heartbeat.
type instanceGroup interface {
	provider.InstanceGroup
	Heartbeat(ctx context.Context, instance string) error
}

// withoutHeartbeat is the group of the older version.
type withoutHeartbeat struct{ provider.InstanceGroup }

func (withoutHeartbeat) Heartbeat(context.Context, string) error {
	return errors.New("this version of the module has no heartbeat")
}

// pluginProcess is what started the plugin.
type pluginProcess interface{ Kill() }

// newLogger writes all levels to standard error, and tells the plugin's process id when go-plugin logs it.
func newLogger(started func(pid any)) hclog.Logger {
	log := hclog.NewInterceptLogger(&hclog.LoggerOptions{Level: hclog.Trace, Output: os.Stderr, JSONFormat: true})
	log.RegisterSink(&pidSink{started})
	return log
}

type pidSink struct{ started func(pid any) }

func (s *pidSink) Accept(_ string, _ hclog.Level, message string, values ...any) {
	if message != "plugin started" {
		return
	}
	for i := 0; i+1 < len(values); i += 2 {
		if values[i] == "pid" {
			s.started(values[i+1])
		}
	}
}

// start runs the plugin with `config`, as GitLab Runner does or, with `autoMtls`, as other hosts of go-plugin may; it answers
// with the process id.
func start(_ context.Context, h *host, r request) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var pid any
	log := newLogger(func(started any) { pid = started })
	if r.AutoMTLS {
		client := hplugin.NewClient(&hplugin.ClientConfig{
			HandshakeConfig: hplugin.HandshakeConfig{
				MagicCookieKey:   "FLEETING_INSTANCE_GROUP_PLUGIN",
				MagicCookieValue: "4c6410b1-cb78-4962-8c76-ab936d0ea908",
			},
			VersionedPlugins: map[int]hplugin.PluginSet{0: {"instancegroup": &describedPlugin{config: r.Config}}},
			Cmd:              exec.Command(h.plugin),
			AllowedProtocols: []hplugin.Protocol{hplugin.ProtocolGRPC},
			Logger:           log,
			AutoMTLS:         true,
		})
		h.runner = client
		protocol, err := client.Client()
		if err != nil {
			return nil, err
		}
		if err := protocol.Ping(); err != nil {
			return nil, err
		}
		raw, err := protocol.Dispense("instancegroup")
		if err != nil {
			return nil, err
		}
		h.group = raw.(instanceGroup)
		return map[string]any{"pid": pid}, nil
	}
	runner, err := fleeting.RunPlugin(h.plugin, r.Config, fleeting.WithPluginLogger(log))
	if err != nil {
		return nil, err
	}
	h.runner = runner
	group, has := runner.InstanceGroup().(instanceGroup)
	if !has {
		group = withoutHeartbeat{runner.InstanceGroup()}
	}
	h.group = group
	return map[string]any{"pid": pid}, nil
}

// settings reads `connector`: the words of provider.ConnectorConfig, durations in nanoseconds, the key in base64. What is not set
// is as the provisioner sets it.
func settings(r request) (provider.Settings, error) {
	var s provider.Settings
	s.Keepalive, s.Timeout = 30*time.Second, 10*time.Minute
	if len(r.Connector) == 0 {
		return s, nil
	}
	return s, json.Unmarshal(r.Connector, &s.ConnectorConfig)
}

func initGroup(ctx context.Context, h *host, r request) (any, error) {
	s, err := settings(r)
	if err != nil {
		return nil, err
	}
	return h.group.Init(ctx, hclog.NewNullLogger(), s)
}

// update answers with what was reported, in order, also when an error came in the middle.
func update(ctx context.Context, h *host, _ request) (any, error) {
	seen := []map[string]string{}
	err := h.group.Update(ctx, func(id string, state provider.State) {
		seen = append(seen, map[string]string{"id": id, "state": string(state)})
	})
	return seen, err
}

// increase asks for `count` instances.
func increase(ctx context.Context, h *host, r request) (any, error) {
	return h.group.Increase(ctx, r.Count)
}

// decrease gives `instances` back.
func decrease(ctx context.Context, h *host, r request) (any, error) {
	return h.group.Decrease(ctx, r.Instances)
}

func connectInfo(ctx context.Context, h *host, r request) (any, error) {
	info, err := h.group.ConnectInfo(ctx, r.Instance)
	return describe(info), err
}

// describe shows both addresses under one name: the older version of the module has none for JSON.
func describe(info provider.ConnectInfo) map[string]any {
	return map[string]any{
		"connector": info.ConnectorConfig,
		"id":        info.ID,
		"external":  info.ExternalAddr,
		"internal":  info.InternalAddr,
		"expires":   info.Expires,
	}
}

func heartbeat(ctx context.Context, h *host, r request) (any, error) {
	return nil, h.group.Heartbeat(ctx, r.Instance)
}

// run runs `command` on `instance` by GitLab's connector, at its internal address as the runner's default is.
func run(ctx context.Context, h *host, r request) (any, error) {
	info, err := h.group.ConnectInfo(ctx, r.Instance)
	if err != nil {
		return nil, err
	}
	var stdout, stderr bytes.Buffer
	err = connector.Run(ctx, info, connector.ConnectorOptions{
		RunOptions: connector.RunOptions{Command: r.Command, Stdout: &stdout, Stderr: &stderr},
	})
	return map[string]string{"stdout": stdout.String(), "stderr": stderr.String()}, err
}

func shutdown(ctx context.Context, h *host, _ request) (any, error) {
	return nil, h.group.Shutdown(ctx)
}

// kill ends the plugin as the runner does: by the controller of go-plugin, and after 2 s with force.
func kill(_ context.Context, h *host, _ request) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.runner != nil {
		h.runner.Kill()
		h.runner = nil
	}
	return nil, nil
}
