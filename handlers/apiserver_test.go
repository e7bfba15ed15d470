package handlers_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"opsbot/k8sops"
)

const namespace = "ecommerce-k8s"

// apiServer is as much of an API server as the gate needs: it answers reviews for the impersonated user, and holds one
// deployment that can be scaled.
type apiServer struct {
	*httptest.Server
	mu       sync.Mutex
	rights   map[string]func(authorizationv1.ResourceAttributes) bool
	replicas int32
	down     bool
	// seen are the impersonation headers of the requests.
	seen []http.Header
}

func newAPIServer(t *testing.T) *apiServer {
	everything := func(authorizationv1.ResourceAttributes) bool { return true }
	s := &apiServer{replicas: 3, rights: map[string]func(authorizationv1.ResourceAttributes) bool{
		"zhangsan": everything, "zhaoliu": everything,
		"qianqi": func(a authorizationv1.ResourceAttributes) bool { return a.Verb == "list" || a.Verb == "get" },
	}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *apiServer) cluster() *k8sops.Cluster {
	return &k8sops.Cluster{Name: "demo", Namespace: namespace, Config: &rest.Config{Host: s.URL}}
}

func (s *apiServer) grant(user string, may func(authorizationv1.ResourceAttributes) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rights[user] = may
}

func nothing(authorizationv1.ResourceAttributes) bool { return false }

func (s *apiServer) fails(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// impersonated are the requests made for a Kubernetes user.
func (s *apiServer) impersonated(user string) (headers []http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.seen {
		if h.Get("Impersonate-User") == user {
			headers = append(headers, h)
		}
	}
	return headers
}

func extraOf(h http.Header, key string) string {
	return h.Get("Impersonate-Extra-" + url.PathEscape(key))
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, r.Header)
	if s.down {
		http.Error(w, "etcd is gone", http.StatusServiceUnavailable)
		return
	}
	object := s.answer(r)
	if object == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(object)
}

func (s *apiServer) answer(r *http.Request) runtime.Object {
	user := r.Header.Get("Impersonate-User")
	base := "/apis/apps/v1/namespaces/" + namespace + "/deployments"
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/selfsubjectaccessreviews"):
		return s.review(user, r)
	case strings.HasSuffix(path, "/selfsubjectreviews"):
		return &authenticationv1.SelfSubjectReview{
			TypeMeta: metav1.TypeMeta{APIVersion: "authentication.k8s.io/v1", Kind: "SelfSubjectReview"},
			Status:   authenticationv1.SelfSubjectReviewStatus{UserInfo: authenticationv1.UserInfo{Username: user, Groups: r.Header["Impersonate-Group"]}},
		}
	case strings.HasSuffix(path, "/horizontalpodautoscalers"):
		return &autoscalingv2.HorizontalPodAutoscalerList{TypeMeta: metav1.TypeMeta{APIVersion: "autoscaling/v2", Kind: "HorizontalPodAutoscalerList"}}
	case strings.HasSuffix(path, "/statefulsets"):
		return &appsv1.StatefulSetList{TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSetList"}}
	case strings.HasSuffix(path, "/daemonsets"):
		return &appsv1.DaemonSetList{TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSetList"}}
	case strings.HasSuffix(path, "/jobs"):
		return &batchv1.JobList{TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "JobList"}}
	case strings.HasSuffix(path, "/cronjobs"):
		return &batchv1.CronJobList{TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJobList"}}
	case path == base+"/user-service/scale":
		return s.scale(r)
	case path == base+"/user-service":
		return s.deployment()
	case path == base:
		return &appsv1.DeploymentList{TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DeploymentList"}, Items: []appsv1.Deployment{*s.deployment()}}
	}
	return nil
}

func (s *apiServer) review(user string, r *http.Request) runtime.Object {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil
	}
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, nil)
	review, ok := object.(*authorizationv1.SelfSubjectAccessReview)
	if err != nil || !ok {
		return nil
	}
	may := s.rights[user]
	review.TypeMeta = metav1.TypeMeta{APIVersion: "authorization.k8s.io/v1", Kind: "SelfSubjectAccessReview"}
	review.Status.Allowed = may != nil && may(*review.Spec.ResourceAttributes)
	return review
}

func (s *apiServer) scale(r *http.Request) runtime.Object {
	var patch struct {
		Spec struct{ Replicas int32 }
	}
	if err := json.NewDecoder(r.Body).Decode(&patch); err != nil {
		return nil
	}
	if r.URL.Query().Get("dryRun") == "" {
		s.replicas = patch.Spec.Replicas
	}
	return s.deployment()
}

// deployment has always done what it was asked.
func (s *apiServer) deployment() *appsv1.Deployment {
	labels := map[string]string{"app": "user-service", "tier": "backend"}
	n := s.replicas
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Name: "user-service", Namespace: namespace, UID: "u1", Labels: labels, ResourceVersion: "7"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &n, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "user", Image: "user-service:1.0"}}},
			},
		},
		Status: appsv1.DeploymentStatus{Replicas: n, UpdatedReplicas: n, ReadyReplicas: n, AvailableReplicas: n},
	}
}

// count is how many replicas the deployment shall have.
func (s *apiServer) count() int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.replicas
}
