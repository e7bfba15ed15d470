package k8sops

import (
	"context"
	"io"
)

// fakeDatabase answers the commands that operations run in the database's pod.
type fakeDatabase struct {
	dump     string
	fail     *CommandError
	commands [][]string
	restored string
}

func (f *fakeDatabase) Exec(_ context.Context, c Command) error {
	f.commands = append(f.commands, c.Args)
	if f.fail != nil && c.Args[0] == f.fail.Program {
		return f.fail
	}
	switch c.Args[0] {
	case "df":
		return write(c.Stdout, "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000 870 130 87% /var/lib/postgresql\n")
	case "pg_dump":
		return write(c.Stdout, f.dump)
	default:
		data, err := io.ReadAll(c.Stdin)
		f.restored = string(data)
		return err
	}
}

func write(w io.Writer, s string) error {
	_, err := io.WriteString(w, s)
	return err
}
