package calendar

import (
	"strings"

	"github.com/emersion/go-ical"
)

// valueOf is the value of a property as it is written; "" if the component has none.
func valueOf(c *ical.Component, property string) string {
	if c == nil {
		return ""
	}
	if p := c.Props.Get(property); p != nil {
		return strings.TrimSpace(p.Value)
	}
	return ""
}

// valuesOf are all values of a property that may hold several, separated by commas, and may be repeated.
func valuesOf(c *ical.Component, property string) []string {
	var values []string
	for _, p := range c.Props[property] {
		for value := range strings.SplitSeq(p.Value, ",") {
			if value = strings.TrimSpace(value); value != "" {
				values = append(values, value)
			}
		}
	}
	return values
}

// textOf is the text of a property. What is not quoted as it should be is taken as it is.
func textOf(c *ical.Component, property string) string {
	return strings.NewReplacer(`\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(valueOf(c, property))
}
