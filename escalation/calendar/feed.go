package calendar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"opsbot/escalation/oncall"
)

const (
	// refreshEvery is how old a calendar may be; after a failure it is read again sooner.
	refreshEvery = 15 * time.Minute
	retryAfter   = time.Minute
	readLimit    = 10 << 20
	readTime     = 15 * time.Second
	// behind and ahead limit the shifts that are kept: from yesterday's to those in a quarter of a year.
	behind = 24 * time.Hour
	ahead  = 92 * 24 * time.Hour
)

// Source is where the calendar of a role is.
type Source struct {
	Role oncall.Role
	// Location is an https URL or the path of a file. A URL is often a secret: it is never logged or shown.
	Location string
	Zone     *time.Location
}

// Config is what a Feed needs. Everything is required.
type Config struct {
	Sources []Source
	Person  func(name string) (id string, ok bool)
	HTTP    *http.Client
	Now     func() time.Time
	Log     *zap.Logger
}

// Feed keeps the calendars of roles. If one cannot be read, its last version stays valid. It is safe for concurrent use.
type Feed struct {
	Config
	mu        sync.Mutex
	calendars map[oncall.Role]oncall.Calendar
}

// NewFeed makes a Feed that knows nothing before the first Refresh.
func NewFeed(c Config) *Feed {
	f := &Feed{Config: c, calendars: map[oncall.Role]oncall.Calendar{}}
	for _, s := range c.Sources {
		f.calendars[s.Role] = oncall.Calendar{Problem: "it was not read yet"}
	}
	return f
}

// Calendars are the calendars as they were last read.
func (f *Feed) Calendars() map[oncall.Role]oncall.Calendar {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.calendars)
}

// Run reads the calendars again and again until ctx ends. The first time is for the caller, who may need them at once.
func (f *Feed) Run(ctx context.Context) error {
	if len(f.Sources) == 0 {
		return nil
	}
	for {
		timer := time.NewTimer(f.pause())
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-timer.C:
			f.Refresh(ctx)
		}
	}
}

func (f *Feed) pause() time.Duration {
	for _, c := range f.Calendars() {
		if c.Problem != "" {
			return retryAfter
		}
	}
	return refreshEvery
}

// Refresh reads every calendar once, all at the same time. One that cannot be read stays as it was.
func (f *Feed) Refresh(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	var reads sync.WaitGroup
	for _, s := range f.Sources {
		reads.Go(func() { f.refresh(ctx, s) })
	}
	reads.Wait()
}

func (f *Feed) refresh(ctx context.Context, s Source) {
	read, err := f.read(ctx, s)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.Log.Error("calendar not read, the last one counts", zap.String("role", string(s.Role)), zap.Error(err))
		left := read.LeftOut
		read = f.calendars[s.Role]
		read.Problem, read.LeftOut = err.Error(), left
	}
	if n := len(read.LeftOut); n > 0 && n != len(f.calendars[s.Role].LeftOut) {
		f.Log.Warn("events of a calendar put nobody on call", zap.String("role", string(s.Role)), zap.Int("events", n))
	}
	f.calendars[s.Role] = read
}

func (f *Feed) read(ctx context.Context, s Source) (oncall.Calendar, error) {
	body, err := f.open(ctx, s.Location)
	if err != nil {
		return oncall.Calendar{}, withoutLocation(err)
	}
	defer func() { _ = body.Close() }() // it was only read
	now := f.Now()
	reading := Reading{Person: f.Person, Zone: s.Zone, From: now.Add(-behind), Until: now.Add(ahead)}
	limited := &io.LimitedReader{R: body, N: readLimit + 1}
	c, err := reading.Read(limited)
	switch {
	case limited.N == 0:
		return oncall.Calendar{}, fmt.Errorf("it has more than %d MB", readLimit>>20)
	case err != nil:
		return c, withoutLocation(err)
	}
	c.ReadAt = now
	return c, nil
}

func (f *Feed) open(ctx context.Context, location string) (io.ReadCloser, error) {
	if !strings.Contains(location, "://") {
		return os.Open(location)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, location, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/calendar")
	resp, err := f.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("the server answers %s", resp.Status), resp.Body.Close())
	}
	return resp.Body, nil
}

// withoutLocation removes the URL from an error: whoever knows the URL of a calendar can read it.
func withoutLocation(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}
