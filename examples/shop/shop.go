package main

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"

	"github.com/chaperone-go/chaperone"
)

// shop is the application: it knows nothing of Chaperone but how to say who
// logged in.
type shop struct {
	mu     sync.Mutex
	tokens map[string]string // token → user
	orders []order
}

type product struct {
	ID    int     `json:"id"`
	Title string  `json:"title"`
	Price float64 `json:"price"`
}

type order struct {
	ID      int    `json:"id"`
	User    string `json:"user"`
	Product int    `json:"product"`
}

var (
	products = []product{{1, "A teapot", 34.5}, {2, "A lamp", 79}, {3, "A chair", 120}, {4, "A mirror", 45.9}}
	people   = map[string]string{"ada": "lovelace", "alan": "turing", "grace": "hopper", "root": "toor"}
)

func newShop() http.Handler {
	s := &shop{tokens: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", s.login)
	mux.HandleFunc("POST /logout", s.logout)
	mux.HandleFunc("GET /products", func(w http.ResponseWriter, _ *http.Request) { write(w, http.StatusOK, products) })
	mux.HandleFunc("GET /products/{id}", s.product)
	mux.HandleFunc("GET /orders", s.list)
	mux.HandleFunc("GET /orders/{id}", s.order)
	mux.HandleFunc("POST /checkout", s.checkout)
	mux.HandleFunc("GET /profile", s.profile)
	mux.HandleFunc("GET /admin", s.admin)
	return mux
}

// form is every body the shop understands.
type form struct {
	User     string `json:"user"`
	Password string `json:"password"`
	Token    string `json:"token"`
	Product  int    `json:"product"`
}

func (s *shop) login(w http.ResponseWriter, r *http.Request) {
	f, ok := read(w, r)
	if !ok {
		return
	}
	said := chaperone.FromContext(r.Context())
	if want, known := people[f.User]; !known || want != f.Password {
		said.LoginFailed()
		fail(w, http.StatusUnauthorized, "wrong user or password")
		return
	}
	token := rand.Text()
	s.mu.Lock()
	s.tokens[token] = f.User
	s.mu.Unlock()
	said.LoginSucceeded(f.User)
	write(w, http.StatusOK, map[string]string{"token": token})
}

func (s *shop) logout(w http.ResponseWriter, r *http.Request) {
	f, ok := read(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	delete(s.tokens, f.Token)
	s.mu.Unlock()
	chaperone.FromContext(r.Context()).EndSession()
	write(w, http.StatusOK, map[string]bool{"bye": true})
}

func (s *shop) product(w http.ResponseWriter, r *http.Request) {
	for _, p := range products {
		if strconv.Itoa(p.ID) == r.PathValue("id") {
			write(w, http.StatusOK, p)
			return
		}
	}
	fail(w, http.StatusNotFound, "no such product")
}

func (s *shop) list(w http.ResponseWriter, r *http.Request) {
	user, ok := s.user(w, r.URL.Query().Get("token"))
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := []order{}
	for _, o := range s.orders {
		if o.User == user {
			mine = append(mine, o)
		}
	}
	write(w, http.StatusOK, mine)
}

// order has the hole that shops have: it does not ask whose order it is.
func (s *shop) order(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.user(w, r.URL.Query().Get("token")); !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || id < 1 || id > len(s.orders) {
		fail(w, http.StatusNotFound, "no such order")
		return
	}
	write(w, http.StatusOK, s.orders[id-1])
}

func (s *shop) checkout(w http.ResponseWriter, r *http.Request) {
	f, ok := read(w, r)
	if !ok {
		return
	}
	user, ok := s.user(w, f.Token)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.orders) >= 10_000 {
		fail(w, http.StatusInsufficientStorage, "the example shop is full")
		return
	}
	o := order{ID: len(s.orders) + 1, User: user, Product: f.Product}
	s.orders = append(s.orders, o)
	write(w, http.StatusCreated, o)
}

func (s *shop) profile(w http.ResponseWriter, r *http.Request) {
	if user, ok := s.user(w, r.URL.Query().Get("token")); ok {
		write(w, http.StatusOK, map[string]string{"user": user, "mail": user + "@shop.example"})
	}
}

func (s *shop) admin(w http.ResponseWriter, r *http.Request) {
	user, ok := s.user(w, r.URL.Query().Get("token"))
	if !ok {
		return
	}
	if user != "root" {
		fail(w, http.StatusForbidden, "for root only")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	write(w, http.StatusOK, map[string]int{"orders": len(s.orders), "logged_in": len(s.tokens)})
}

// user says whose token it is, or answers 401.
func (s *shop) user(w http.ResponseWriter, token string) (string, bool) {
	s.mu.Lock()
	user, ok := s.tokens[token]
	s.mu.Unlock()
	if !ok {
		fail(w, http.StatusUnauthorized, "log in first")
	}
	return user, ok
}

func read(w http.ResponseWriter, r *http.Request) (f form, ok bool) {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10)).Decode(&f); err != nil {
		fail(w, http.StatusBadRequest, "want a JSON object")
		return f, false
	}
	return f, true
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func fail(w http.ResponseWriter, status int, why string) {
	write(w, status, map[string]string{"error": why})
}
