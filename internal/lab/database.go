package lab

import (
	"context"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"

	"opsbot/testcluster"
)

// Database is a database of its own on a PostgreSQL server.
type Database struct {
	URL    *url.URL
	server string
	name   string
}

// NewDatabase makes an empty one.
func NewDatabase(ctx context.Context, server *testcluster.Postgres, name string) (*Database, error) {
	d := &Database{server: server.DSN(), name: name}
	var err error
	if d.URL, err = url.Parse(d.server); err != nil {
		return nil, err
	}
	d.URL.Path = name
	if err := d.administer(ctx, "CREATE DATABASE "+d.quoted()); err != nil {
		return nil, fmt.Errorf("create database %s: %w", name, err)
	}
	return d, nil
}

// Drop removes it, whoever is connected.
func (d *Database) Drop() error {
	return d.administer(context.Background(), "DROP DATABASE "+d.quoted()+" WITH (FORCE)")
}

func (d *Database) quoted() string { return pgx.Identifier{d.name}.Sanitize() }

func (d *Database) administer(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, d.server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
