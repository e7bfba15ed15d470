package webhook

import "strconv"

// count is a number that is told for information: one in another form counts as none, and does not refuse the delivery.
type count uint64

// UnmarshalJSON never fails.
func (c *count) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseUint(string(data), 10, 64)
	if err != nil {
		n = 0
	}
	*c = count(n)
	return nil
}
