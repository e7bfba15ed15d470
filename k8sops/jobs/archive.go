package jobs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"opsbot/artifacts"
	"opsbot/k8sops"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// Record is what stays of a run beside its log.
type Record struct {
	Job     string             `json:"job"`
	Profile string             `json:"profile,omitempty"`
	Call    string             `json:"call"`
	By      string             `json:"by"`
	At      time.Time          `json:"at"`
	Took    time.Duration      `json:"took"`
	Verdict rollout.JobVerdict `json:"verdict"`
	Figures Figures            `json:"figures,omitempty"`
	SHA256  string             `json:"sha256"` // of the log
}

const (
	root = "jobs/"
	// maxKept is how many runs of a Job with one profile are kept.
	maxKept = 50
	// maxCompared is how many of them are read to find one with figures.
	maxCompared = 10
	// keepLimit is how long the storage may take in all.
	keepLimit = time.Minute
)

// prefix is where the runs of a Job with a profile are kept, in the order of their time.
func prefix(call *k8sops.Call, args runArgs) string {
	return root + strings.Join([]string{call.Cluster, call.Namespace, args.Job, cmp.Or(args.Profile, NoProfile)}, "/") + "/"
}

// NoProfile stands for a run without a profile in a key; no profile may have this name.
const NoProfile = "default"

// keep stores the log and the record of a run, and finds the run before it. A storage that fails must not make a test fail: what is not
// kept is said.
func (o run) keep(ctx context.Context, r *jobRun, outcome *rollout.JobOutcome) {
	if o.Reports == nil {
		return
	}
	ctx, stop := context.WithTimeout(ctx, keepLimit)
	defer stop()
	started := r.Started
	if started.IsZero() {
		started = r.Now
	}
	record := Record{
		Job: r.Args.Job, Profile: r.Args.Profile, Call: r.ID, By: r.Identity.User, At: started.UTC(), Took: outcome.Took(),
		Verdict: outcome.Verdict, Figures: r.State.Figures,
	}
	key := prefix(r.Call, r.Args) + rollout.JobName(r.Call, record.At.Format("20060102-150405"))
	err := errors.Join(o.compare(ctx, r, key), o.store(ctx, key, record, &outcome.Log))
	if err != nil {
		r.State.NotKept = messages.New("k8sops.run.not_kept", "reason", reasonOf(err))
		return
	}
	r.State.Log = key + logSuffix
}

const (
	logSuffix    = ".txt"
	recordSuffix = ".json"
)

func (o run) store(ctx context.Context, key string, record Record, log *rollout.JobLog) error {
	stored, err := o.Reports.Put(ctx, key+logSuffix, strings.NewReader(log.Text()))
	if err != nil {
		return err
	}
	record.SHA256 = stored.SHA256
	data, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return fmt.Errorf("record of %s: %w", key, err)
	}
	_, err = o.Reports.Put(ctx, key+recordSuffix, bytes.NewReader(data))
	return err
}

// compare finds the newest run before this one that has figures, and removes those that are too many.
func (o run) compare(ctx context.Context, r *jobRun, key string) error {
	objects, err := o.Reports.List(ctx, prefix(r.Call, r.Args))
	if err != nil {
		return err
	}
	var records []artifacts.Object
	for _, object := range objects {
		if strings.HasSuffix(object.Key, recordSuffix) && object.Key < key+recordSuffix {
			records = append(records, object)
		}
	}
	for _, old := range records[:max(0, len(records)+1-maxKept)] {
		if err := errors.Join(o.Reports.Delete(ctx, old.Key), o.Reports.Delete(ctx, strings.TrimSuffix(old.Key, recordSuffix)+logSuffix)); err != nil {
			return err
		}
	}
	for i := len(records) - 1; i >= max(0, len(records)-maxCompared); i-- {
		record, err := o.load(ctx, records[i].Key)
		if err != nil {
			return err
		}
		if record != nil && len(record.Figures) > 0 {
			r.State.Before = record
			return nil
		}
	}
	return nil
}

// load reads a record; nil where it is not one of ours.
func (o run) load(ctx context.Context, key string) (record *Record, err error) {
	object, err := o.Reports.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, object.Close()) }()
	data, err := io.ReadAll(io.LimitReader(object, 64<<10))
	if err != nil {
		return nil, err
	}
	record = new(Record)
	if json.Unmarshal(data, record) != nil {
		return nil, nil //nolint:nilnil // see above
	}
	return record, nil
}

// reasonOf is an error of the storage in words for a person.
func reasonOf(err error) messages.Text {
	if e, ok := errors.AsType[*k8sops.Error](err); ok {
		return e.Message
	}
	if e, ok := errors.AsType[*artifacts.Error](err); ok {
		return messages.Literal(e.Reason)
	}
	return messages.Literal(messages.Clip(err.Error(), 200))
}
