package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"opsbot/configs"
)

// configFlag is shared by the commands that need a configuration.
type configFlag struct{ file string }

func (f *configFlag) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "config", "opsbot.yaml", "configuration file; OPSBOT_* variables override it")
}

func (f *configFlag) load() (configs.Config, error) {
	c, err := configs.Load(configs.Source{File: f.file, Environ: os.Environ()})
	if err != nil {
		return configs.Config{}, err
	}
	return *c, nil
}

// orDefault loads the configuration if there is one: the generated texts need only a little of it.
func (f *configFlag) orDefault(cmd *cobra.Command) (configs.Config, error) {
	if _, err := os.Stat(f.file); errors.Is(err, os.ErrNotExist) && !cmd.Flags().Changed("config") {
		return configs.Default(), nil
	}
	return f.load()
}
