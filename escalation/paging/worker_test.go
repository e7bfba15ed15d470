package paging_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
	"opsbot/internal/bubble"
)

// ledger is a page ledger in memory with one page, and the outcomes reported for it.
type ledger struct {
	mu        sync.Mutex
	page      incident.Page
	notBefore time.Time
	attempts  int
	unsure    bool
	failing   int // so many reports of an outcome fail
	readOnly  bool
	claims    int
	outcome   string
}

func newLedger(until time.Duration) *ledger {
	now := time.Now()
	return &ledger{page: incident.Page{
		ID: "12/1", Incident: 12, Contact: "lisi", Via: oncall.ViaSMS, Address: "+8613800000002", State: incident.PageIntended,
		IntendedAt: now, Until: now.Add(until),
	}}
}

func (l *ledger) DuePages(_ context.Context, via oncall.Via, now time.Time, _ int) ([]incident.Page, time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case via != l.page.Via || !l.page.OutsideSlack():
		return nil, time.Time{}, nil
	case l.notBefore.After(now):
		return nil, l.notBefore, nil
	default:
		return []incident.Page{l.page}, time.Time{}, nil
	}
}

func (l *ledger) ClaimPage(_ context.Context, _ string, now, until time.Time) (paging.Claim, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.claims++
	if l.readOnly {
		return paging.Claim{}, false, errors.New("disk full")
	}
	if !l.page.OutsideSlack() || l.notBefore.After(now) {
		return paging.Claim{}, false, nil
	}
	l.page, l.notBefore, l.attempts = l.page.Attempted(now), until, l.attempts+1
	claim := paging.Claim{Page: l.page, Attempts: l.attempts, Unsure: l.unsure}
	l.unsure = true
	return claim, true, nil
}

func (l *ledger) PostponePage(_ context.Context, _ string, notBefore time.Time, unsure bool, _ string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notBefore, l.unsure = notBefore, unsure
	return nil
}

func (l *ledger) Incident(context.Context, int64) (incident.Incident, error) {
	return incident.Incident{Number: 12, Title: "LoginFailed on postgres://shop:Hunter2-Xy7@db/shop"}, nil
}

func (l *ledger) PageOutcome(_ context.Context, _ string, state incident.PageState, detail string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failing > 0 {
		l.failing--
		return errors.New("disk full")
	}
	l.page = l.page.WithOutcome(state, detail, time.Now())
	l.outcome = string(state) + " " + detail
	return nil
}

func (l *ledger) look() (outcome string, attempts int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.outcome, l.attempts
}

// sender answers each try with the next error, and after those with a receipt.
type sender struct {
	mu     sync.Mutex
	errs   []error
	sent   int
	notice paging.Notice // the last one
	during func()
}

func (p *sender) Send(_ context.Context, n paging.Notice) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent++
	p.notice = n
	if p.during != nil {
		p.during()
	}
	if len(p.errs) > 0 {
		err := p.errs[0]
		p.errs = p.errs[1:]
		return "", err
	}
	return "receipt", nil
}

// finder is a pager that can also be asked.
type finder struct {
	sender
	found bool
	asked int
}

func (f *finder) Find(context.Context, paging.Notice) (string, bool, error) {
	f.asked++
	return "found", f.found, nil
}

func worker(t *testing.T, l *ledger, p paging.Sender) *paging.Worker {
	t.Helper()
	directory, err := oncall.NewDirectory([]oncall.Contact{{ID: "lisi", Role: oncall.DBA, Name: "李四", Phone: "+8613800000002"}})
	require.NoError(t, err)
	return &paging.Worker{Via: oncall.ViaSMS, Sender: p, Ledger: l, Outcomes: l, Directory: directory, Now: time.Now, Log: zap.NewNop()}
}

// running runs a worker for a while of fake time.
func running(t *testing.T, c *paging.Worker, while time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), while)
	defer cancel()
	require.ErrorIs(t, c.Run(ctx), context.DeadlineExceeded)
}

func temporary(unsure bool) error {
	return &paging.Failure{Cause: errors.New("busy"), Temporary: true, Unsure: unsure}
}

func TestWorker(t *testing.T) {
	for name, tt := range map[string]struct {
		errs     []error
		until    time.Duration
		failing  int
		outcome  string
		attempts int
	}{
		"sent":                          {nil, time.Minute, 0, "delivered receipt", 1},
		"refused for good":              {[]error{&paging.Failure{Cause: errors.New("no such number")}}, time.Hour, 0, "failed no such number", 1},
		"busy, then sent":               {[]error{temporary(false), temporary(false)}, time.Hour, 0, "delivered receipt", 3},
		"busy for too long":             {[]error{temporary(false), temporary(false), temporary(false), temporary(false)}, 10 * time.Second, 0, "failed busy", 3},
		"the store is away for a while": {nil, time.Minute, 3, "delivered receipt", 1},
	} {
		t.Run(name, func(t *testing.T) {
			bubble.Test(t, func(t *testing.T) {
				l, p := newLedger(tt.until), &sender{errs: tt.errs}
				l.failing = tt.failing
				running(t, worker(t, l, p), 10*time.Minute)
				outcome, attempts := l.look()
				require.Equal(t, tt.outcome, outcome)
				require.Equal(t, tt.attempts, attempts)
				require.Equal(t, tt.attempts, p.sent)
			})
		})
	}
}

// A label that says what an alert is about is kept as it came, because it is found by it. The title is made of such labels.
func TestATitleIsPagedWithoutSecrets(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		p := &sender{}
		running(t, worker(t, newLedger(time.Minute), p), time.Minute)
		require.Equal(t, "LoginFailed on postgres://shop:***@db/shop", p.notice.Incident.Title)
	})
}

func TestWorkerWaitsAsLongAsTheProviderAsks(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		l := newLedger(time.Hour)
		p := &sender{errs: []error{&paging.Failure{Cause: errors.New("429"), Temporary: true, After: 5 * time.Minute}}}
		c := worker(t, l, p)
		running(t, c, 5*time.Minute-time.Second)
		require.Equal(t, 1, p.sent)
		running(t, c, 2*time.Second)
		require.Equal(t, 2, p.sent)
	})
}

func TestUnknownOutcomeIsLookedForBeforeItIsSentAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		found   bool
		sent    int
		outcome string
	}{"it was sent": {true, 1, "delivered found"}, "it was not": {false, 2, "delivered receipt"}} {
		t.Run(name, func(t *testing.T) {
			bubble.Test(t, func(t *testing.T) {
				l, p := newLedger(time.Hour), &finder{sender: sender{errs: []error{errors.New("no answer")}}, found: tt.found}
				running(t, worker(t, l, p), time.Minute)
				outcome, _ := l.look()
				require.Equal(t, tt.outcome, outcome)
				require.Equal(t, tt.sent, p.sent)
				require.Equal(t, 1, p.asked)
			})
		})
	}
}

// The process dies between the send and the report: another takes the page over when the lease has ended, and asks first.
func TestAPageOfADeadWorkerIsTakenOver(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		l := newLedger(time.Hour)
		_, ok, err := l.ClaimPage(t.Context(), "12/1", time.Now(), time.Now().Add(time.Minute))
		require.True(t, ok)
		require.NoError(t, err)
		p := &finder{found: true}
		c := worker(t, l, p)
		running(t, c, time.Minute-time.Second)
		require.Zero(t, p.asked, "it may still be under way")
		running(t, c, 2*time.Second)
		outcome, _ := l.look()
		require.Equal(t, "delivered found", outcome)
		require.Zero(t, p.sent)
	})
}

func TestNothingIsSentForACancelledPage(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		l, p := newLedger(time.Hour), &sender{errs: []error{temporary(false)}}
		p.during = func() { // answered while the first try fails
			l.mu.Lock()
			l.page.State = incident.PageCancelled
			l.mu.Unlock()
		}
		running(t, worker(t, l, p), 10*time.Minute)
		require.Equal(t, 1, p.sent)
	})
}

func TestAStopWaitsForWhatIsBeingSent(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		l, p := newLedger(time.Hour), &sender{}
		ctx, cancel := context.WithCancel(t.Context())
		p.during = cancel
		require.ErrorIs(t, worker(t, l, p).Run(ctx), context.Canceled)
		outcome, _ := l.look()
		require.Equal(t, "delivered receipt", outcome)
	})
}

func TestAStoreThatCannotWriteGetsARestAndNothingIsSent(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		l, p := newLedger(time.Hour), &sender{}
		l.readOnly = true
		running(t, worker(t, l, p), time.Minute)
		require.Zero(t, p.sent)
		require.LessOrEqual(t, l.claims, 15)
		l.readOnly = false
		running(t, worker(t, l, p), time.Second)
		require.Equal(t, 1, p.sent)
	})
}

func TestFailuresUnwrap(t *testing.T) {
	cause := errors.New("cause")
	require.ErrorIs(t, &paging.Failure{Cause: cause}, cause)
}
