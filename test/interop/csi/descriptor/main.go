// descriptor prints what the Go module of the CSI specification declares, a line for each field, value and call, as
// JSON: what proto/csi.proto is compared with.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// declared is the whole specification.
type declared struct {
	// Fields: "csi.v1.Volume.volume_id = 2: string", with "repeated" or "map" and the oneof it is in.
	Fields []string `json:"fields"`
	// Secrets: fields with secrets, as "csi.v1.DeleteVolumeRequest 2".
	Secrets []string `json:"secrets"`
	// Values of enumerations: "csi.v1.VolumeUsage.Unit BYTES = 1".
	Values []string `json:"values"`
	// Calls: "csi.v1.Identity.Probe(csi.v1.ProbeRequest): csi.v1.ProbeResponse".
	Calls []string `json:"calls"`
}

func main() {
	var all declared
	all.messages(csi.File_csi_proto.Messages())
	all.enums(csi.File_csi_proto.Enums())
	services := csi.File_csi_proto.Services()
	for i := range services.Len() {
		methods := services.Get(i).Methods()
		for j := range methods.Len() {
			all.call(methods.Get(j))
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(all); err != nil {
		fmt.Fprintln(os.Stderr, "descriptor:", err)
		os.Exit(1)
	}
}

func (all *declared) messages(messages protoreflect.MessageDescriptors) {
	for i := range messages.Len() {
		message := messages.Get(i)
		if message.IsMapEntry() {
			continue
		}
		fields := message.Fields()
		for j := range fields.Len() {
			field := fields.Get(j)
			if secret, _ := proto.GetExtension(field.Options(), csi.E_CsiSecret).(bool); secret {
				all.Secrets = append(all.Secrets, fmt.Sprintf("%s %d", message.FullName(), field.Number()))
			} else {
				all.Fields = append(all.Fields, fieldText(field))
			}
		}
		all.messages(message.Messages())
		all.enums(message.Enums())
	}
}

func (all *declared) enums(enums protoreflect.EnumDescriptors) {
	for i := range enums.Len() {
		values := enums.Get(i).Values()
		for j := range values.Len() {
			value := values.Get(j)
			all.Values = append(all.Values, fmt.Sprintf("%s %s = %d", enums.Get(i).FullName(), value.Name(), value.Number()))
		}
	}
}

func (all *declared) call(method protoreflect.MethodDescriptor) {
	stream := map[bool]string{true: "stream "}
	all.Calls = append(all.Calls, fmt.Sprintf("%s(%s%s): %s%s", method.FullName(),
		stream[method.IsStreamingClient()], method.Input().FullName(),
		stream[method.IsStreamingServer()], method.Output().FullName()))
}

func fieldText(field protoreflect.FieldDescriptor) string {
	text := fmt.Sprintf("%s = %d: %s", field.FullName(), field.Number(), typeText(field))
	if oneof := field.ContainingOneof(); oneof != nil {
		text += " in " + string(oneof.Name())
	}
	return text
}

func typeText(field protoreflect.FieldDescriptor) string {
	switch {
	case field.IsMap():
		return fmt.Sprintf("map<%s, %s>", typeText(field.MapKey()), typeText(field.MapValue()))
	case field.IsList():
		return "repeated " + plainType(field)
	}
	return plainType(field)
}

func plainType(field protoreflect.FieldDescriptor) string {
	switch field.Kind() {
	case protoreflect.MessageKind:
		return string(field.Message().FullName())
	case protoreflect.EnumKind:
		return string(field.Enum().FullName())
	}
	return field.Kind().String()
}
