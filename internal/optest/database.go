package optest

import (
	"context"
	"io"

	"opsbot/k8sops"
)

// FakeDatabase answers the commands that operations run in the database's pod.
type FakeDatabase struct {
	Dump     string
	Fail     *k8sops.CommandError
	Commands [][]string
	Restored string
}

// Exec implements k8sops.Executor.
func (f *FakeDatabase) Exec(_ context.Context, c k8sops.Command) error {
	f.Commands = append(f.Commands, c.Args)
	if f.Fail != nil && c.Args[0] == f.Fail.Program {
		return f.Fail
	}
	switch c.Args[0] {
	case "df":
		return Write(c.Stdout, "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000 870 130 87% /var/lib/postgresql\n")
	case "pg_dump":
		return Write(c.Stdout, f.Dump)
	default:
		data, err := io.ReadAll(c.Stdin)
		f.Restored = string(data)
		return err
	}
}

// Write writes s, as a program to its standard output.
func Write(w io.Writer, s string) error {
	_, err := io.WriteString(w, s)
	return err
}
