// Package oncall knows who is responsible: the contact table, its roles, and who is on call for a role at a given time, by
// rotations, calendars and overrides. It also routes alerts to roles and counts working hours.
package oncall
