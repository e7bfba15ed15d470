package configs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

func TestHandbookContacts(t *testing.T) {
	got, err := configs.HandbookContacts()
	require.NoError(t, err)
	require.Equal(t, []configs.Contact{
		{Role: configs.RoleSystem, Name: "张三", Phone: "138xxxx0001", Email: "admin@company.com", Duty: "系统整体维护"},
		{Role: configs.RoleDBA, Name: "李四", Phone: "138xxxx0002", Email: "dba@company.com", Duty: "数据库相关问题"},
		{Role: configs.RoleNetwork, Name: "王五", Phone: "138xxxx0003", Email: "network@company.com", Duty: "网络相关问题"},
		{Role: configs.RoleDevelopment, Name: "赵六", Phone: "138xxxx0004", Email: "dev@company.com", Duty: "应用相关问题"},
	}, got)
}

func TestRolesByAnyName(t *testing.T) {
	for title, want := range map[string]string{
		"系统管理员": configs.RoleSystem, "System Administrator": configs.RoleSystem, "system": configs.RoleSystem,
	} {
		got, err := configs.ParseContacts("c.yaml", []byte("contacts: [{role: "+title+", name: A, email: a@b.c}]"))
		require.NoError(t, err)
		require.Equal(t, want, got.Contacts[0].Role)
	}
}

func TestBadContacts(t *testing.T) {
	files, err := filepath.Glob("testdata/contacts/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			_, err = configs.ParseContacts(filepath.Base(file), data)
			require.Error(t, err)
			golden(t, strings.TrimSuffix(file, ".yaml")+".golden", err.Error()+"\n")
		})
	}
}
