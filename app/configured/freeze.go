package configured

import (
	"opsbot/configs"
	"opsbot/handlers/freeze"
)

// Freezes are the times in which changes need a second person.
func Freezes(c configs.Config) freeze.Windows {
	var windows freeze.Windows
	for _, f := range c.Freezes {
		w := freeze.Window{Name: f.Name, Cron: f.Cron, For: f.For, Zone: f.Zone(), Clusters: f.Clusters}
		if f.Cron == "" {
			w.From, w.Until = f.Once()
		}
		windows = append(windows, w)
	}
	return windows
}
