// Package quota bounds what one person may ask of opsbot.
package quota

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Limits are what one person may ask of opsbot. Buttons of an incident (acknowledge, escalate, …) and decisions about a plan are not counted:
// nobody is kept from them.
type Limits struct {
	// PerMinute is how many commands, pins and forms a person may send in the long run; half of it may come at once.
	PerMinute int
	// ReadsAtOnce is how many reads of a cluster may run for a person at once; live views count too.
	ReadsAtOnce int
}

const (
	// decidingAtOnce is how many commands of one person are looked at side by side. The workers are everybody's.
	decidingAtOnce = 8
	// answersPerSecond and answersAtOnce bound how many refusals a person is told of: Slack shows no more.
	answersPerSecond = 1
	answersAtOnce    = 5
)

// People keeps one person from using opsbot up. It counts in memory: each replica by itself, and anew after a start. Nil limits nothing.
type People struct {
	Limits Limits

	mu     sync.Mutex
	people map[string]*person
}

type person struct {
	requests, answers *rate.Limiter
	deciding, reads   int
}

// Enter begins a request, or refuses it and says how long to wait. leave must be called when it is decided.
func (q *People) Enter(user string, now time.Time) (leave func(), err error) {
	if q == nil {
		return func() {}, nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.of(user, now)
	if p.deciding >= decidingAtOnce {
		return nil, tooMuch(messages.New("quota.deciding", "number", p.deciding))
	}
	if wait := 1 - p.requests.TokensAt(now); wait > 0 {
		seconds := time.Duration(wait / float64(p.requests.Limit()) * float64(time.Second)).Truncate(time.Second)
		return nil, tooMuch(messages.New("quota.too_fast", "limit", q.Limits.PerMinute, "wait", seconds+time.Second))
	}
	p.requests.AllowN(now, 1)
	p.deciding++
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		p.deciding--
	}, nil
}

// BeginRead counts a read that begins to run. end must be called when it is over.
func (q *People) BeginRead(user string, now time.Time) (end func(), err error) {
	if q == nil {
		return func() {}, nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.of(user, now)
	if p.reads >= q.Limits.ReadsAtOnce {
		e := tooMuch(messages.New("quota.reads", "number", p.reads))
		e.Suggest = []string{"ops cancel"}
		return nil, e
	}
	p.reads++
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		p.reads--
	}, nil
}

// MayAnswer tells whether a person is to be told of one more refusal.
func (q *People) MayAnswer(user string, now time.Time) bool {
	if q == nil {
		return true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.of(user, now).answers.AllowN(now, 1)
}

// of is the load of one person. Those of whom nothing is left to know are dropped.
func (q *People) of(user string, now time.Time) *person {
	if p := q.people[user]; p != nil {
		return p
	}
	for other, p := range q.people {
		if p.idle(now) {
			delete(q.people, other)
		}
	}
	if q.people == nil {
		q.people = map[string]*person{}
	}
	p := &person{
		requests: rate.NewLimiter(rate.Limit(float64(q.Limits.PerMinute)/60), max(1, q.Limits.PerMinute/2)),
		answers:  rate.NewLimiter(answersPerSecond, answersAtOnce),
	}
	q.people[user] = p
	return p
}

func (p *person) idle(now time.Time) bool {
	full := func(r *rate.Limiter) bool { return r.TokensAt(now) >= float64(r.Burst()) }
	return p.deciding == 0 && p.reads == 0 && full(p.requests) && full(p.answers)
}

// tooMuch is the refusal of what a person may ask for a little later.
func tooMuch(t messages.Text) *k8sops.Error {
	return &k8sops.Error{Code: k8sops.CodeLimited, Message: t, Hint: messages.New("quota.hint")}
}
