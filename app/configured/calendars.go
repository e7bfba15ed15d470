package configured

import (
	"net/http"
	"time"

	"go.uber.org/zap"

	"opsbot/configs"
	"opsbot/escalation/calendar"
	"opsbot/escalation/oncall"
)

// CalendarFeed reads the calendars of the contact table.
func CalendarFeed(c configs.Config, table oncall.Directory, log *zap.Logger) *calendar.Feed {
	var sources []calendar.Source
	for _, r := range c.Rotations {
		if r.Calendar == "" {
			continue
		}
		zone, err := r.CalendarZone()
		if err != nil {
			zone = time.UTC // validation has refused it
		}
		sources = append(sources, calendar.Source{Role: oncall.Role(r.Role), Location: r.Calendar, Zone: zone})
	}
	return calendar.NewFeed(calendar.Config{Sources: sources, Person: table.FindByName, HTTP: &http.Client{}, Now: time.Now, Log: log})
}
