package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
	"opsbot/internal/redact"
)

// Pages is the page ledger of an incident.
func (s *Store) Pages(ctx context.Context, number int64) ([]incident.Page, error) {
	list, err := listBodies[incident.Page](ctx, s, `SELECT body FROM pages WHERE incident = ? ORDER BY number`, number)
	return list, wrap(fmt.Sprintf("read pages of incident %d", number), err)
}

// savePage writes a row of the ledger as decided, over what delivery wrote meanwhile.
func (t *tx) savePage(p incident.Page) error {
	stored, err := t.page(p.ID)
	switch {
	case err == nil:
		p = p.MergeStored(stored)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	return t.writePage(p)
}

// reportPage lets delivery say what became of a page. The ledger is written together with the outbox, so that they
// never disagree. Messages that are no pages have no id.
func (t *tx) reportPage(id string, report func(incident.Page) incident.Page) error {
	if id == "" {
		return nil
	}
	p, err := t.page(id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // a message may name a page that was never in the ledger
	}
	if err != nil {
		return err
	}
	return t.writePage(report(p))
}

func (t *tx) page(id string) (incident.Page, error) {
	inc, number, err := pageNumbers(id)
	if err != nil {
		return incident.Page{}, err
	}
	var body string
	if err := t.RowForUpdate(`SELECT body FROM pages WHERE incident = ? AND number = ?`, []any{inc, number}, &body); err != nil {
		return incident.Page{}, err
	}
	var p incident.Page
	return p, json.Unmarshal([]byte(body), &p)
}

func (t *tx) writePage(p incident.Page) error {
	inc, number, err := pageNumbers(p.ID)
	if err != nil {
		return err
	}
	p.Error = redact.Text(p.Error)
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode page %s: %w", p.ID, err)
	}
	_, err = t.Exec(`INSERT INTO pages (incident, number, body, via, address, courier) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (incident, number) DO UPDATE SET body = excluded.body, courier = excluded.courier`,
		inc, number, string(body), p.Via, p.Address, p.OutsideSlack())
	return err
}

func pageNumbers(id string) (incident, number int64, err error) {
	a, b, _ := strings.Cut(id, "/")
	if incident, err = strconv.ParseInt(a, 10, 64); err == nil {
		number, err = strconv.ParseInt(b, 10, 64)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("page id %q: want incident/number", id)
	}
	return incident, number, nil
}

var _ paging.Ledger = (*Store)(nil)

// DuePages returns the pages of a channel that a worker may try at now, those that wait longest first, and when the next
// one may be tried (zero: none waits).
func (s *Store) DuePages(ctx context.Context, via oncall.Via, now time.Time, limit int) ([]incident.Page, time.Time, error) {
	due, err := listBodies[incident.Page](ctx, s,
		`SELECT body FROM pages WHERE courier = 1 AND via = ? AND not_before <= ? ORDER BY not_before, incident, number LIMIT ?`, via, nanos(now), limit)
	if err != nil {
		return nil, time.Time{}, wrap("read due pages", err)
	}
	var next sql.NullInt64
	err = s.db.Reads.Row(ctx, `SELECT MIN(not_before) FROM pages WHERE courier = 1 AND via = ? AND not_before > ?`, []any{via, nanos(now)}, &next)
	return due, fromNanos(next.Int64), wrap("read next page", err)
}

// ClaimPage gives a page to one worker until then. ok is false when it is not to be sent any more, or another has it.
func (s *Store) ClaimPage(ctx context.Context, id string, now, until time.Time) (claim paging.Claim, ok bool, err error) {
	err = s.write(ctx, "claim page "+id, func(t *tx) error {
		incident, number, err := pageNumbers(id)
		if err != nil {
			return err
		}
		ok, err = t.Change(`UPDATE pages SET not_before = ?, attempts = attempts + 1 WHERE incident = ? AND number = ? AND courier = 1 AND not_before <= ?`,
			nanos(until), incident, number, nanos(now))
		if err != nil || !ok {
			return err
		}
		var body string
		err = t.Row(`SELECT body, attempts, unsure FROM pages WHERE incident = ? AND number = ?`, []any{incident, number}, &body, &claim.Attempts, &claim.Unsure)
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(body), &claim.Page); err != nil {
			return fmt.Errorf("decode page %s: %w", id, err)
		}
		claim.Page = claim.Page.Attempted(now)
		if err := t.writePage(claim.Page); err != nil {
			return err
		}
		_, err = t.Exec(`UPDATE pages SET unsure = 1 WHERE incident = ? AND number = ?`, incident, number)
		return err
	})
	return claim, ok && err == nil, err
}

// PostponePage puts a try off. unsure says that the last one may have worked all the same; cause is shown in the ledger.
func (s *Store) PostponePage(ctx context.Context, id string, notBefore time.Time, unsure bool, cause string) error {
	return s.write(ctx, "put off page "+id, func(t *tx) error {
		incident, number, err := pageNumbers(id)
		if err != nil {
			return err
		}
		p, err := t.page(id)
		if err != nil {
			return err
		}
		if p.OutsideSlack() {
			p.Error = cause
		}
		if err := t.writePage(p); err != nil {
			return err
		}
		_, err = t.Exec(`UPDATE pages SET not_before = ?, unsure = ? WHERE incident = ? AND number = ?`, nanos(notBefore), unsure, incident, number)
		return err
	})
}

// PagesTo lists the pages to an address, the newest first.
func (s *Store) PagesTo(ctx context.Context, address string, limit int) ([]incident.Page, error) {
	list, err := listBodies[incident.Page](ctx, s,
		`SELECT body FROM pages WHERE address = ? AND address <> '' ORDER BY incident DESC, number DESC LIMIT ?`, address, limit)
	return list, wrap("read pages to an address", err)
}
