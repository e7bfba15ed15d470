package deliver

import (
	"context"
	"time"

	"opsbot/bot"
)

// waitForPost waits for the budget of a post that the schedule has not claimed: a second try, or another channel.
func (d *Worker) waitForPost(ctx context.Context, s *sending) *failure {
	if s.claimed {
		s.claimed = false
		return nil
	}
	return d.wait(ctx, func(now time.Time) time.Time { return d.budget.takePost(methodPost, s.at.channel, now) })
}

// wait waits until take says that it has what it needs.
func (d *Worker) wait(ctx context.Context, take func(now time.Time) time.Time) *failure {
	for at := take(d.Now()); !at.IsZero(); at = take(d.Now()) {
		if !bot.Pause(ctx, max(at.Sub(d.Now()), time.Millisecond)) {
			return &failure{remedy: retry, code: "shutdown", err: ctx.Err()}
		}
	}
	return nil
}

// call runs a request that posts nothing, when the method's budget allows.
func (d *Worker) call(ctx context.Context, method string, request func(context.Context) error) *failure {
	if f := d.wait(ctx, func(now time.Time) time.Time { return d.budget.take(method, now) }); f != nil {
		return f
	}
	timed, cancel := context.WithTimeout(ctx, bot.CallTimeout)
	defer cancel()
	if err := request(timed); err != nil {
		return d.failed(method, err)
	}
	return nil
}
