package monitoring

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/alertmanager/matcher/parse"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// Routing is the part of Alertmanager's configuration that decides who is told of an alert, and how soon.
type Routing struct {
	Receivers []string
	root      *node
}

// Route is where the routing tree leads an alert.
type Route struct {
	Receiver string
	// GroupWait passes before a new group is reported, GroupInterval between reports of changes, RepeatInterval between
	// reports of what has not changed.
	GroupWait, GroupInterval, RepeatInterval time.Duration
	// IsTimed tells that time intervals mute the route.
	IsTimed bool
}

// node is one route of the tree with what it inherits.
type node struct {
	Route
	matchers labels.Matchers
	goesOn   bool // to the next sibling
	children []*node
}

// routeConfig is a route as configured.
type routeConfig struct {
	Receiver            string            `yaml:"receiver"`
	Match               map[string]string `yaml:"match"`
	MatchRE             map[string]string `yaml:"match_re"`
	Matchers            []string          `yaml:"matchers"`
	Continue            bool              `yaml:"continue"`
	GroupWait           *model.Duration   `yaml:"group_wait"`
	GroupInterval       *model.Duration   `yaml:"group_interval"`
	RepeatInterval      *model.Duration   `yaml:"repeat_interval"`
	MuteTimeIntervals   []string          `yaml:"mute_time_intervals"`
	ActiveTimeIntervals []string          `yaml:"active_time_intervals"`
	Routes              []*routeConfig    `yaml:"routes"`
}

// Alertmanager's own defaults.
const (
	defaultGroupWait      = 30 * time.Second
	defaultGroupInterval  = 5 * time.Minute
	defaultRepeatInterval = 4 * time.Hour
)

// ParseRouting reads the configuration that the status of Alertmanager shows.
func ParseRouting(config string) (Routing, error) {
	var document struct {
		Route     *routeConfig `yaml:"route"`
		Receivers []struct {
			Name string `yaml:"name"`
		} `yaml:"receivers"`
	}
	if err := yaml.Unmarshal([]byte(config), &document); err != nil {
		return Routing{}, err
	}
	if document.Route == nil {
		return Routing{}, errors.New("it has no route")
	}
	var r Routing
	for _, receiver := range document.Receivers {
		r.Receivers = append(r.Receivers, receiver.Name)
	}
	var err error
	r.root, err = document.Route.node(Route{
		GroupWait: defaultGroupWait, GroupInterval: defaultGroupInterval, RepeatInterval: defaultRepeatInterval,
	})
	return r, err
}

func (c *routeConfig) node(inherited Route) (*node, error) {
	n := &node{Route: inherited, goesOn: c.Continue}
	if c.Receiver != "" {
		n.Receiver = c.Receiver
	}
	for _, d := range []struct {
		given *model.Duration
		into  *time.Duration
	}{{c.GroupWait, &n.GroupWait}, {c.GroupInterval, &n.GroupInterval}, {c.RepeatInterval, &n.RepeatInterval}} {
		if d.given != nil {
			*d.into = time.Duration(*d.given)
		}
	}
	n.IsTimed = len(c.MuteTimeIntervals)+len(c.ActiveTimeIntervals) > 0
	var err error
	if n.matchers, err = c.parseMatchers(); err != nil {
		return nil, err
	}
	for _, child := range c.Routes {
		below, err := child.node(n.Route)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, below)
	}
	return n, nil
}

func (c *routeConfig) parseMatchers() (labels.Matchers, error) {
	var all labels.Matchers
	add := func(kind labels.MatchType, pairs map[string]string) error {
		for name, value := range pairs {
			m, err := labels.NewMatcher(kind, name, value)
			if err != nil {
				return fmt.Errorf("matcher of label %s: %w", name, err)
			}
			all = append(all, m)
		}
		return nil
	}
	if err := errors.Join(add(labels.MatchEqual, c.Match), add(labels.MatchRegexp, c.MatchRE)); err != nil {
		return nil, err
	}
	for _, text := range c.Matchers {
		// Alertmanager too tries the newer syntax first.
		some, err := parse.Matchers(text)
		if err != nil {
			if some, err = labels.ParseMatchers(text); err != nil {
				return nil, fmt.Errorf("matcher %q: %w", text, err)
			}
		}
		all = append(all, some...)
	}
	return all, nil
}

// RoutesOf are where an alert goes.
func (r Routing) RoutesOf(alert map[string]string) []Route {
	set := model.LabelSet{}
	for name, value := range alert {
		set[model.LabelName(name)] = model.LabelValue(value)
	}
	return r.root.match(set)
}

func (n *node) match(alert model.LabelSet) []Route {
	if n == nil || !n.matchers.Matches(alert) {
		return nil
	}
	var found []Route
	for _, child := range n.children {
		some := child.match(alert)
		found = append(found, some...)
		if len(some) > 0 && !child.goesOn {
			break
		}
	}
	if len(found) == 0 {
		return []Route{n.Route}
	}
	return found
}

// routeTo is the slowest way of an alert to a receiver, muted if one way is: the API tells a group's receiver, not its
// route.
func (r Routing) routeTo(receiver string, alert map[string]string) Route {
	slowest := Route{Receiver: receiver}
	for _, route := range r.RoutesOf(alert) {
		if route.Receiver == receiver {
			slowest.GroupWait = max(slowest.GroupWait, route.GroupWait)
			slowest.GroupInterval = max(slowest.GroupInterval, route.GroupInterval)
			slowest.IsTimed = slowest.IsTimed || route.IsTimed
		}
	}
	return slowest
}
