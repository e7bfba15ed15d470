package deliver

import (
	"context"
	"errors"
	"time"

	"opsbot/messages"
)

// Row is one message that is to be in Slack, with what is known about it there.
type Row struct {
	ID int64
	messages.Outbound
	// Version grows with every Put of the same key; SentVersion is the one that Slack shows (0: none).
	Version, SentVersion int64
	// PostedChannel and TS are where the message stands in Slack (a DM's D… id for a user id, SF-6.9); TS "" until posted.
	PostedChannel string
	TS            string
	// RootChannel and RootTS are where the message of ReplyTo stands; "" while that is not posted.
	RootChannel string
	RootTS      string
	// InFlight is set when a post was begun whose outcome is not known: look for the message's metadata first.
	InFlight  bool
	Attempts  int
	CreatedAt time.Time
	LastError string
	Elsewhere Elsewhere
}

// Elsewhere says what became of the files of a message that its channel did not take; zero where it took all.
type Elsewhere struct {
	// Note stands under the message.
	Note messages.Text `json:"note"`
	// Files are the names under which they were uploaded, or were to be: no later version tries them again.
	Files []string `json:"files"`
}

// IsZero reports whether the channel took all files.
func (e Elsewhere) IsZero() bool { return e.Note.IsZero() }

// ErrCancelled is what Begin returns for a message that was cancelled before it was posted.
var ErrCancelled = errors.New("the message was cancelled before it was sent")

// Outbox is the queue of wanted messages. All methods are safe for concurrent use.
type Outbox interface {
	// Due returns rows that Slack does not show in their newest Version and that may be tried at now, by lane, then age.
	// A reply whose root is not posted yet is left out.
	Due(ctx context.Context, now time.Time, limit int) (rows []Row, next time.Time, err error)
	// Begin marks a first post as begun, durably, before the request goes out. It wraps ErrCancelled when the message was
	// cancelled: then it must not be posted, and Fail ends the row.
	Begin(ctx context.Context, id, version int64, now time.Time) error
	// Done records what Slack shows now.
	Done(ctx context.Context, id, version int64, channel, ts string, now time.Time) error
	// Retry makes the row due again at notBefore; inFlight tells whether the outcome of the last try is unknown.
	Retry(ctx context.Context, id int64, notBefore time.Time, inFlight bool, cause string) error
	// Elsewhere records what became of files that the channel did not take.
	Elsewhere(ctx context.Context, id int64, files Elsewhere) error
	// Fail gives up on this version for good, or ends a cancelled message. A later Put of the same key tries again.
	Fail(ctx context.Context, id, version int64, cause string, now time.Time) error
	// Gone records that the message of key, which was posted at ts, was deleted in Slack: it is due again, as a new post.
	Gone(ctx context.Context, key, ts string) error
}
