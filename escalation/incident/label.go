package incident

import (
	"fmt"
	"strconv"
	"strings"
)

// Label is the number as people see it: INC-12.
func Label(number int64) string { return "INC-" + strconv.FormatInt(number, 10) }

// ParseNumber reads an incident's number as buttons have it (12) and as people type it (INC-12).
func ParseNumber(value string) (int64, error) {
	digits := strings.TrimSpace(value)
	if len(digits) > 4 && strings.EqualFold(digits[:4], "INC-") {
		digits = digits[4:]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("incident number %q: want a number such as 12 or INC-12", value)
	}
	return n, nil
}
