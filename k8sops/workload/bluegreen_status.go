package workload

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// blueGreenStatus is /bluegreen svc: both sides, and who takes the traffic.
type blueGreenStatus struct{ blueGreen }

func (o blueGreenStatus) spec() k8sops.ReadSpec[switchArgs] {
	return k8sops.ReadSpec[switchArgs]{
		Meta: k8sops.Meta{
			Name: "bluegreen status", Aliases: []string{"bluegreen"}, Summary: messages.New("k8sops.bluegreen.status.summary"),
			Examples: []string{"bluegreen user"}, Access: blueGreenAccess(), Owners: []k8sops.Role{k8sops.Everyone}, On: []string{kube.Deployment},
		},
		Args:   func(a *switchArgs) []k8sops.Arg { return []k8sops.Arg{blueGreenArg(&a.Service)} },
		Answer: o.answer,
	}
}

func (o blueGreenStatus) answer(ctx context.Context, call *k8sops.Call, _ switchArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	s, err := o.look(ctx, call)
	if err != nil {
		return nil, err
	}
	line := s.blue.Line()
	if s.track.Green == "" {
		return &k8sops.Result{Card: messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.bluegreen.not_prepared", "workload", messages.Code(s.blue.Name)),
			Sections: []messages.Section{messages.Paragraph(messages.New("k8sops.bluegreen.not_prepared_hint", "command", messages.Code("/bluegreen prepare "+line+" IMAGE")))}}}, nil
	}
	now, err := trafficOf(ctx, call, behind(s.service.Name, s.track))
	if err != nil {
		return nil, err
	}
	card := messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.bluegreen.status.title",
		"service", messages.Code(s.service.Name), "version", messages.Code(s.live()))}
	card.Sections = []messages.Section{{Table: sidesTable(s, now)}}
	suggest := []string{"bluegreen switch " + line, "bluegreen abort " + line}
	if s.switched() {
		suggest = []string{"bluegreen finish " + line, "bluegreen back " + line}
	}
	if s.green.Object == nil {
		card.Tone = messages.ToneBad
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("k8sops.bluegreen.gone", "workload", messages.Code(s.track.Green))))
		suggest = []string{"bluegreen abort " + line}
	}
	return &k8sops.Result{Card: card, Suggest: suggest}, nil
}

func sidesTable(s sides, now traffic) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.object")}, {Title: messages.New("k8sops.bluegreen.column.version")}, {Title: messages.New("k8sops.column.image")},
		{Title: messages.New("k8sops.column.ready"), Right: true}, {Title: messages.New("k8sops.bluegreen.column.traffic"), Right: true},
	}}
	for _, side := range []struct {
		w       kube.Workload
		version string
	}{{s.blue, s.track.BlueVersion}, {s.green, s.track.GreenVersion}} {
		if side.w.Object == nil {
			continue
		}
		c := side.w.Counts()
		table.Rows = append(table.Rows, slices.Concat(k8sops.Literals(side.w.Name, side.version, side.w.Images()), []messages.Text{
			messages.Literal(fmt.Sprintf("%d/%d", c.Available, c.Desired)), messages.Literal(strconv.Itoa(now.ready[side.version])),
		}))
	}
	return table
}
