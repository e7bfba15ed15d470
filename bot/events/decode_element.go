package events

import "strconv"

// elementState is what a person entered in one element; which field is set depends on its type (SF-3.3).
type elementState struct {
	Type                 string        `json:"type"`
	Value                string        `json:"value"`
	SelectedOption       *optionValue  `json:"selected_option"`
	SelectedOptions      []optionValue `json:"selected_options"`
	SelectedUser         string        `json:"selected_user"`
	SelectedChannel      string        `json:"selected_channel"`
	SelectedConversation string        `json:"selected_conversation"`
	SelectedDate         string        `json:"selected_date"`
	SelectedTime         string        `json:"selected_time"`
	SelectedDateTime     int64         `json:"selected_date_time"`
}

func (e elementState) text() string {
	switch {
	case e.SelectedOption != nil:
		return e.SelectedOption.Value
	case e.SelectedDateTime != 0:
		return strconv.FormatInt(e.SelectedDateTime, 10)
	}
	for _, s := range []string{e.SelectedUser, e.SelectedChannel, e.SelectedConversation, e.SelectedDate, e.SelectedTime} {
		if s != "" {
			return s
		}
	}
	if len(e.SelectedOptions) > 0 { // a checkbox: ticked or not
		return e.SelectedOptions[0].Value
	}
	return e.Value
}

type optionValue struct {
	Value string `json:"value"`
}
