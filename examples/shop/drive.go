package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// drive lets scripted shoppers use the shop over real HTTP: three people, one
// visitor who only looks, one who walks through other people's orders, and
// one who guesses passwords.
func drive(ctx context.Context, url string) error {
	scripts := []struct {
		agent string
		play  func(*shopper) error
	}{
		{"Firefox/140.0 (ada)", func(s *shopper) error { return s.shopping("ada", "lovelace", 1, 2) }},
		{"Safari/18.0 (alan)", func(s *shopper) error { return s.shopping("alan", "turing", 3) }},
		{"ShopApp/2.1 (grace)", func(s *shopper) error { return s.shopping("grace", "hopper", 4, 1, 2) }},
		{"Chrome/142.0 (visitor)", (*shopper).looking},
		{"curl/8.14 (walker)", (*shopper).walking},
		{"python-requests/2.32 (guesser)", (*shopper).guessing},
	}
	errs := make([]error, len(scripts))
	var all sync.WaitGroup
	for i, script := range scripts {
		all.Go(func() {
			s := &shopper{ctx: ctx, url: url, agent: script.agent, client: &http.Client{Timeout: 10 * time.Second}}
			errs[i] = script.play(s)
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("%s: %w", scripts[i].agent, err)
		}
	}
	return nil
}

// shopper is one scripted client.
type shopper struct {
	ctx    context.Context
	url    string
	agent  string
	client *http.Client
	token  string
}

// shopping logs in, looks around, buys, and logs out.
func (s *shopper) shopping(user, password string, buy ...int) error {
	if err := s.login(user, password); err != nil {
		return err
	}
	steps := []func() error{s.get("/products?token=" + s.token), s.get("/profile?token=" + s.token)}
	for _, p := range buy {
		steps = append(steps, s.get(fmt.Sprintf("/products/%d?token=%s", p, s.token)),
			s.post("/checkout", form{Token: s.token, Product: p}, nil))
	}
	steps = append(steps, s.get("/orders?token="+s.token), s.post("/logout", form{Token: s.token}, nil))
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *shopper) looking() error {
	for _, path := range []string{"/products", "/products/1", "/products/2", "/products/99"} {
		if err := s.get(path)(); err != nil {
			return err
		}
	}
	return nil
}

// walking asks for one order after the other, whoever they belong to.
func (s *shopper) walking() error {
	if err := s.login("root", "toor"); err != nil {
		return err
	}
	for id := 1; id <= 12; id++ {
		if err := s.get(fmt.Sprintf("/orders/%d?token=%s", id, s.token))(); err != nil {
			return err
		}
	}
	return s.get("/admin?token=" + s.token)()
}

func (s *shopper) guessing() error {
	for i := range 10 {
		if err := s.post("/login", form{User: "ada", Password: fmt.Sprintf("guess-%d", i)}, nil)(); err != nil {
			return err
		}
	}
	return nil
}

func (s *shopper) login(user, password string) error {
	var answer form
	if err := s.post("/login", form{User: user, Password: password}, &answer)(); err != nil {
		return err
	}
	s.token = answer.Token
	return nil
}

func (s *shopper) get(path string) func() error {
	return func() error { return s.do(http.MethodGet, path, nil, nil) }
}

func (s *shopper) post(path string, body form, into *form) func() error {
	return func() error {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		return s.do(http.MethodPost, path, b, into)
	}
}

// do sends one request. A status of refusal is part of the play, no error.
func (s *shopper) do(method, path string, body []byte, into *form) error {
	r, err := http.NewRequestWithContext(s.ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("User-Agent", s.agent)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if into != nil {
		return json.NewDecoder(resp.Body).Decode(into)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
