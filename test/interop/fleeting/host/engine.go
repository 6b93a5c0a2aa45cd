package main

import (
	"context"
	"errors"
	"time"

	"gitlab.com/gitlab-org/fleeting/fleeting"
	"gitlab.com/gitlab-org/fleeting/fleeting/provider"
	"gitlab.com/gitlab-org/fleeting/taskscaler"
)

// engine is what drives the group by itself: GitLab's provisioner, or its taskscaler with a provisioner inside.
type engine struct {
	provisioner *fleeting.Provisioner
	scaler      taskscaler.Taskscaler
}

// interval is what the runner has by default unless the request says otherwise.
func interval(r request) time.Duration {
	if r.IntervalMs > 0 {
		return time.Duration(r.IntervalMs) * time.Millisecond
	}
	return fleeting.DefaultUpdateIntervalWhenExpecting
}

// provision lets the provisioner drive the group, with at most `count` instances; each change is an event.
func provision(ctx context.Context, h *host, r request) (any, error) {
	s, err := settings(r)
	if err != nil {
		return nil, err
	}
	p, err := fleeting.Init(ctx, newLogger(func(any) {}), h.group,
		fleeting.WithInstanceGroupSettings(s),
		fleeting.WithMaxSize(r.Count),
		fleeting.WithUpdateInterval(interval(r)),
		fleeting.WithUpdateIntervalWhenExpecting(interval(r)),
		fleeting.WithShutdownDeletionInterval(interval(r)),
		fleeting.WithSubscriber(func(changed []fleeting.Instance) {
			for _, one := range changed {
				h.print(event(one.ID(), string(one.State()), string(one.Cause())))
			}
		}))
	if err != nil {
		return nil, err
	}
	h.provisioner = p
	return nil, nil
}

func event(id, state, cause string) map[string]string {
	return map[string]string{"event": "instance", "instance": id, "state": state, "cause": cause}
}

var errNoProvisioner = errors.New("no provisioner: say provision first")

func requestInstances(_ context.Context, h *host, r request) (any, error) {
	if h.provisioner == nil {
		return nil, errNoProvisioner
	}
	h.provisioner.Request(r.Count)
	return nil, nil
}

// deleteInstance has the provisioner remove `instance`.
func deleteInstance(_ context.Context, h *host, r request) (any, error) {
	if h.provisioner == nil {
		return nil, errNoProvisioner
	}
	for _, one := range h.provisioner.Instances() {
		if one.ID() == r.Instance {
			one.Delete()
			return nil, nil
		}
	}
	return nil, errors.New("the provisioner has no instance " + r.Instance)
}

func instances(_ context.Context, h *host, _ request) (any, error) {
	if h.provisioner == nil {
		return nil, errNoProvisioner
	}
	all := []map[string]string{}
	for _, one := range h.provisioner.Instances() {
		all = append(all, map[string]string{"id": one.ID(), "state": string(one.State()), "cause": string(one.Cause())})
	}
	return all, nil
}

func capacity(_ context.Context, h *host, _ request) (any, error) {
	if h.provisioner == nil {
		return nil, errNoProvisioner
	}
	return h.provisioner.Capacity(), nil
}

// readyUp refuses instances from before the start.
func readyUp(_ string, _ provider.ConnectInfo, cause fleeting.Cause) (keys []string, used int, err error) {
	if cause == fleeting.CausePreexisted {
		return nil, 0, errors.New("nothing is known of this instance from before")
	}
	return nil, 0, nil
}

// scale lets taskscaler drive the group: at most `count` instances, each for `uses` jobs, `idle` of them waiting. As in GitLab
// Runner without state storage, an instance from before the start is removed.
func scale(ctx context.Context, h *host, r request) (any, error) {
	s, err := settings(r)
	if err != nil {
		return nil, err
	}
	scaler, err := taskscaler.New(ctx, h.group,
		taskscaler.WithReservations(),
		taskscaler.WithMaxInstances(r.Count),
		taskscaler.WithMaxUseCount(r.Uses),
		taskscaler.WithInstanceGroupSettings(s),
		taskscaler.WithLogger(newLogger(func(any) {})),
		taskscaler.WithAcquireDelay(100*time.Millisecond),
		taskscaler.WithUpdateInterval(interval(r)),
		taskscaler.WithUpdateIntervalWhenExpecting(interval(r)),
		taskscaler.WithInstanceUpFunc(readyUp))
	if err != nil {
		return nil, err
	}
	h.scaler = scaler
	return nil, scaler.ConfigureSchedule(taskscaler.Schedule{IdleCount: r.Idle, IdleTime: time.Hour})
}

// acquire reserves and acquires a slot of an instance for the job `key`, as the runner does, and answers with the instance.
func acquire(ctx context.Context, h *host, r request) (any, error) {
	if err := h.scaler.Reserve(r.Key); err != nil {
		return nil, err
	}
	acquired, err := h.scaler.Acquire(ctx, r.Key)
	if err != nil {
		return nil, err
	}
	info, err := acquired.InstanceConnectInfo(ctx)
	return describe(info), err
}

// release ends the job `key`.
func release(_ context.Context, h *host, r request) (any, error) {
	h.scaler.Release(r.Key)
	return nil, nil
}

// stop ends what drives the group as GitLab Runner does when it stops, with the plugin's Shutdown at the end.
func stop(ctx context.Context, h *host, _ request) (any, error) {
	if h.scaler != nil {
		h.scaler.Shutdown(ctx)
	}
	if h.provisioner != nil {
		h.provisioner.Shutdown(ctx)
	}
	return nil, nil
}
