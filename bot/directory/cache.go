package directory

import (
	"context"
	"errors"
	"sync"
	"time"

	"opsbot/bot"
)

const (
	// loadTries and maxLoadWait bound how long a person waits until opsbot knows who they are.
	loadTries   = 4
	maxLoadWait = 10 * time.Second
	loadPause   = 500 * time.Millisecond
)

// cache keeps the answers of one method of Slack for cacheTTL and, while Slack cannot be asked, for cacheStale more.
type cache[T any] struct {
	now func() time.Time

	closed bot.RetryAfter // of the method, for all keys

	mu      sync.Mutex
	entries map[string]*cacheEntry[T]
}

type cacheEntry[T any] struct {
	mu    sync.Mutex // one request per key at a time
	value T
	at    time.Time
}

func newCache[T any](now func() time.Time) *cache[T] {
	return &cache[T]{now: now, entries: map[string]*cacheEntry[T]{}}
}

func (c *cache[T]) get(ctx context.Context, key string, load func(context.Context) (T, error)) (T, error) {
	e := c.entry(key)
	e.mu.Lock()
	defer e.mu.Unlock()
	age := c.now().Sub(e.at)
	if !e.at.IsZero() && age < cacheTTL {
		return e.value, nil
	}
	usable := !e.at.IsZero() && age < cacheTTL+cacheStale
	tries := loadTries
	if usable {
		tries = 1
	}
	value, err := c.loadWithRetry(ctx, tries, load)
	if err == nil {
		e.value, e.at = value, c.now()
		return value, nil
	}
	if usable && !errors.Is(err, ErrNoPerson) {
		return e.value, nil
	}
	var none T
	return none, err
}

// loadWithRetry tries again while Slack is rate limiting, failing, or not answering: a person is waiting.
func (c *cache[T]) loadWithRetry(ctx context.Context, tries int, load func(context.Context) (T, error)) (value T, err error) {
	for try := 1; ; try++ {
		if wait := c.closed.Left(c.now()); wait > maxLoadWait || tries == 1 && wait > 0 || !bot.Pause(ctx, wait) {
			return value, errors.Join(errRateLimited, err, ctx.Err())
		}
		value, err = load(ctx)
		if !c.mayRetry(err) || try == tries || !bot.Pause(ctx, time.Duration(try)*loadPause) {
			return value, err
		}
	}
}

// mayRetry reports whether another try may have another result.
func (c *cache[T]) mayRetry(err error) bool {
	if err == nil || errors.Is(err, ErrNoPerson) {
		return false
	}
	e := bot.Classify(err)
	if e.Kind == bot.ErrorRateLimited {
		c.closed.Close(c.now().Add(e.RetryAfter))
	}
	return e.Kind != bot.ErrorRefused
}

var errRateLimited = errors.New("slack asks to be left alone for a while")

// forget drops the answer for a key: the next one is asked for.
func (c *cache[T]) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, key)
}

// forgetAll drops every answer.
func (c *cache[T]) forgetAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.entries)
}

func (c *cache[T]) entry(key string) *cacheEntry[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		e = &cacheEntry[T]{}
		c.entries[key] = e
	}
	return e
}
