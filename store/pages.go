package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"opsbot/escalation/incident"
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
