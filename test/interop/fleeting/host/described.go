package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"
	hplugin "github.com/hashicorp/go-plugin"
	"gitlab.com/gitlab-org/fleeting/fleeting/provider"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

// service is GitLab's: its module keeps the generated code internal, and registers the description for all to read.
const service = "proto.InstanceGroup"

func describedService() protoreflect.ServiceDescriptor {
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(service)
	if err != nil {
		panic(err)
	}
	return found.(protoreflect.ServiceDescriptor)
}

// describedPlugin is the plugin for a host other than fleeting.RunPlugin, which never asks for AutoMTLS.
type describedPlugin struct {
	hplugin.NetRPCUnsupportedPlugin
	config []byte
}

func (*describedPlugin) GRPCServer(*hplugin.GRPCBroker, *grpc.Server) error {
	return errors.New("this is the host")
}

func (p *describedPlugin) GRPCClient(_ context.Context, _ *hplugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return &describedGroup{conn: conn, config: p.config}, nil
}

// describedGroup calls the plugin with messages made from the description.
type describedGroup struct {
	conn   *grpc.ClientConn
	config []byte
}

// call sends `fields`, and reads the answer into `answer`, both in protobuf's JSON.
func (g *describedGroup) call(ctx context.Context, method string, fields map[string]any, answer any) error {
	input, output, err := g.messages(method, fields)
	if err != nil {
		return err
	}
	if err := g.conn.Invoke(ctx, "/"+service+"/"+method, input, output); err != nil {
		return err
	}
	return read(output, answer)
}

func (g *describedGroup) messages(method string, fields map[string]any) (input, output *dynamicpb.Message, err error) {
	described := describedService().Methods().ByName(protoreflect.Name(method))
	if described == nil {
		return nil, nil, fmt.Errorf("the module has no call %s", method)
	}
	input, output = dynamicpb.NewMessage(described.Input()), dynamicpb.NewMessage(described.Output())
	text, err := json.Marshal(fields)
	if err == nil {
		err = protojson.Unmarshal(text, input)
	}
	return input, output, err
}

func read(message *dynamicpb.Message, answer any) error {
	text, err := protojson.MarshalOptions{EmitUnpopulated: true, UseProtoNames: true}.Marshal(message)
	if err != nil || answer == nil {
		return err
	}
	return json.Unmarshal(text, answer)
}

func (g *describedGroup) Init(ctx context.Context, _ hclog.Logger, s provider.Settings) (provider.ProviderInfo, error) {
	connector := map[string]any{
		"os": s.OS, "arch": s.Arch, "protocol": string(s.Protocol), "username": s.Username, "password": s.Password,
		"key": s.Key, "useStaticCredentials": s.UseStaticCredentials,
		"keepalive": int64(s.Keepalive), "timeout": int64(s.Timeout),
	}
	var info struct {
		ID        string `json:"id"`
		MaxSize   int    `json:"max_size"`
		Version   string `json:"version"`
		BuildInfo string `json:"build_info"`
	}
	err := g.call(ctx, "Init", map[string]any{
		"config":   g.config,
		"settings": map[string]any{"connectorConfig": connector},
	}, &info)
	return provider.ProviderInfo{ID: info.ID, MaxSize: info.MaxSize, Version: info.Version, BuildInfo: info.BuildInfo}, err
}

func (g *describedGroup) Update(ctx context.Context, report func(string, provider.State)) error {
	stream, err := g.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/"+service+"/Update")
	if err != nil {
		return err
	}
	input, output, err := g.messages("Update", map[string]any{})
	if err != nil {
		return err
	}
	if err := errors.Join(stream.SendMsg(input), stream.CloseSend()); err != nil {
		return err
	}
	for {
		if err := stream.RecvMsg(output); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var one struct{ Instance, State string }
		if err := read(output, &one); err != nil {
			return err
		}
		report(one.Instance, provider.State(one.State))
	}
}

func (g *describedGroup) Increase(ctx context.Context, n int) (int, error) {
	var answer struct{ Succeeded int }
	err := g.call(ctx, "Increase", map[string]any{"n": n}, &answer)
	return answer.Succeeded, err
}

func (g *describedGroup) Decrease(ctx context.Context, ids []string) ([]string, error) {
	var answer struct{ Succeeded []string }
	err := g.call(ctx, "Decrease", map[string]any{"instances": ids}, &answer)
	return answer.Succeeded, err
}

func (g *describedGroup) ConnectInfo(ctx context.Context, id string) (provider.ConnectInfo, error) {
	// protobuf's JSON has 64-bit numbers as texts, which the settings of the connector do not take.
	var answer struct {
		Connector struct {
			OS, Arch, Protocol, Username, Password string
			Key                                    []byte
			Keepalive                              time.Duration `json:"keepalive,string"`
			Timeout                                time.Duration `json:"timeout,string"`
		}
		ExternalAddr, InternalAddr string
	}
	err := g.call(ctx, "ConnectInfo", map[string]any{"instance": id}, &answer)
	c := answer.Connector
	return provider.ConnectInfo{
		ID: id, ExternalAddr: answer.ExternalAddr, InternalAddr: answer.InternalAddr,
		ConnectorConfig: provider.ConnectorConfig{
			OS: c.OS, Arch: c.Arch, Protocol: provider.Protocol(c.Protocol), Username: c.Username, Password: c.Password, Key: c.Key,
			Keepalive: c.Keepalive, Timeout: c.Timeout,
		},
	}, err
}

func (g *describedGroup) Heartbeat(ctx context.Context, id string) error {
	return g.call(ctx, "Heartbeat", map[string]any{"instance": id}, nil)
}

func (g *describedGroup) Shutdown(ctx context.Context) error {
	return g.call(ctx, "Shutdown", map[string]any{}, nil)
}

// printDescriptor writes what the service needs of the .proto, a line for each field, value and call, as JSON.
func printDescriptor() error {
	file := describedService().ParentFile()
	declared := map[string][]string{"fields": {}, "values": {}, "calls": {}}
	var messages func(all protoreflect.MessageDescriptors)
	enums := func(all protoreflect.EnumDescriptors) {
		for i := range all.Len() {
			for j := range all.Get(i).Values().Len() {
				value := all.Get(i).Values().Get(j)
				declared["values"] = append(declared["values"],
					fmt.Sprintf("%s %s = %d", all.Get(i).FullName(), value.Name(), value.Number()))
			}
		}
	}
	messages = func(all protoreflect.MessageDescriptors) {
		for i := range all.Len() {
			for j := range all.Get(i).Fields().Len() {
				declared["fields"] = append(declared["fields"], fieldText(all.Get(i).Fields().Get(j)))
			}
			messages(all.Get(i).Messages())
			enums(all.Get(i).Enums())
		}
	}
	messages(file.Messages())
	enums(file.Enums())
	methods := describedService().Methods()
	for i := range methods.Len() {
		m := methods.Get(i)
		stream := ""
		if m.IsStreamingServer() {
			stream = "stream "
		}
		declared["calls"] = append(declared["calls"],
			fmt.Sprintf("%s.%s(%s): %s%s", service, m.Name(), m.Input().FullName(), stream, m.Output().FullName()))
	}
	return json.NewEncoder(os.Stdout).Encode(declared)
}

func fieldText(field protoreflect.FieldDescriptor) string {
	kind := field.Kind().String()
	if field.Message() != nil {
		kind = string(field.Message().FullName())
	} else if field.Enum() != nil {
		kind = string(field.Enum().FullName())
	}
	if field.IsList() {
		kind = "repeated " + kind
	}
	return fmt.Sprintf("%s = %d: %s", field.FullName(), field.Number(), kind)
}
