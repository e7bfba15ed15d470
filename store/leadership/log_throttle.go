package leadership

import (
	"context"

	"go.uber.org/zap"
)

// logThrottle logs the first of a row of errors and their end: a server that is away for an hour is one line, not thousands.
type logThrottle struct {
	log    *zap.Logger
	text   string
	logged bool
}

func (c *logThrottle) report(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil: // it is over anyway
	case err != nil && !c.logged:
		c.log.Warn(c.text, zap.Error(err))
	case err == nil && c.logged:
		c.log.Info("over: " + c.text)
	}
	c.logged = err != nil
}
