package configured

import (
	"opsbot/configs"
	"opsbot/k8sops/jobs"
	"opsbot/k8sops/rollout"
)

// Jobs are what /run can run.
func Jobs(c configs.Config) []jobs.Job {
	var all []jobs.Job
	for _, j := range c.Jobs {
		job := jobs.Job{
			JobTemplate: rollout.JobTemplate{
				Name: j.Name, Image: j.Image, Command: j.Command, Args: j.Args, Env: variables(j.Env), ServiceAccount: j.ServiceAccount,
				Deadline: j.TakesAtMost(), CPU: j.CPU, Memory: j.Memory,
			},
			Report: j.Report, SecondPerson: j.SecondPerson,
		}
		for _, p := range j.Profiles {
			job.Profiles = append(job.Profiles, jobs.Profile{Name: p.Name, Args: p.Args, Env: variables(p.Env)})
		}
		all = append(all, job)
	}
	return all
}

func variables(configured []configs.JobVariable) []rollout.JobVariable {
	var all []rollout.JobVariable
	for _, v := range configured {
		secret, key := v.SecretKey()
		all = append(all, rollout.JobVariable{Name: v.Name, Value: v.Value, Secret: secret, Key: key})
	}
	return all
}
