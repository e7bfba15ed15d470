package deliver

import (
	"context"
	"time"

	"opsbot/bot"
)

// waitForPost waits until a post is within the rate limits, unless the schedule has claimed it already. A second try and a post to
// another channel have to wait.
func (w *Worker) waitForPost(ctx context.Context, s *sending) *failure {
	if s.claimed {
		s.claimed = false
		return nil
	}
	return w.wait(ctx, func(now time.Time) time.Time { return w.budget.takePost(methodPost, s.at.channel, now) })
}

// waitUntilOpen waits while a method takes no calls. A call was allowed when it was claimed; what comes before the request, such as writing
// to a store that is slow, may take so long that Slack has said Retry-After to another one meanwhile.
func (w *Worker) waitUntilOpen(ctx context.Context, method string) *failure {
	return w.wait(ctx, func(now time.Time) time.Time { return w.budget.closed(method, now) })
}

// wait calls take until it got what it needs.
func (w *Worker) wait(ctx context.Context, take func(now time.Time) time.Time) *failure {
	for at := take(w.Now()); !at.IsZero(); at = take(w.Now()) {
		if !bot.Pause(ctx, max(at.Sub(w.Now()), time.Millisecond)) {
			return &failure{remedy: retry, code: "shutdown", err: ctx.Err()}
		}
	}
	return nil
}

// call makes a request that posts nothing, as soon as the method's rate limit allows.
func (w *Worker) call(ctx context.Context, method string, request func(context.Context) error) *failure {
	if f := w.wait(ctx, func(now time.Time) time.Time { return w.budget.take(method, now) }); f != nil {
		return f
	}
	timed, cancel := context.WithTimeout(ctx, bot.CallTimeout)
	defer cancel()
	if err := request(timed); err != nil {
		return w.failed(method, err)
	}
	return nil
}
