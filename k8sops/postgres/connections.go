package postgres

import "context"

// ConnectionLimit is how many connections there may be. Some are kept for superusers, or for those who look after the server.
type ConnectionLimit struct {
	Max      int `json:"max"`
	Reserved int `json:"reserved"`
}

const connectionLimitSQL = `SELECT current_setting('max_connections')::int max,
	current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true), '0')::int reserved`

// ConnectionLimit asks the server; the zero limit where it does not say.
func (s Server) ConnectionLimit(ctx context.Context) (ConnectionLimit, error) {
	var limits []ConnectionLimit
	if err := s.Read(ctx, Maintenance, connectionLimitSQL, &limits); err != nil || len(limits) != 1 {
		return ConnectionLimit{}, err
	}
	return limits[0], nil
}
