package chaperone

import (
	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

// standing is what the lists say of a request: of its address and of its
// session.
type standing struct {
	addr, session lists.Match
}

// decideLists applies the precedence of lists, before anything is detected:
// allow beats deny beats gray, and an earlier list ends the question. The
// second result is false when the verdict stands and nothing else is asked.
//
//	                     off   monitoring  safe_blocking  block
//	allow                pass  pass        pass           pass
//	address deny         pass  block (1)   block          block
//	session deny         pass  block (2)   block (2)      block (2)
//	gray or none         pass  ask the detectors
//
// (1) With AnalyseDenied the request is looked at first and only blocked in
// safe_blocking and block.
// (2) Also when the address is allowed, with SessionDenyOverAllow.
func (p *plan) decideLists(v *traffic.Verdict, s standing) (open bool) {
	allow := firstNonZero(s.addr.Allow, s.session.Allow)
	switch {
	case allow != 0 && (s.session.Deny == 0 || !p.policy.SessionDenyOverAllow):
		v.Allowed, v.Entry = true, allow
		return false
	case s.addr.Deny != 0 && allow == 0:
		return p.denyAddr(v, s.addr.Deny)
	case s.session.Deny != 0:
		v.Action, v.Reason, v.Entry = traffic.Block, traffic.SessionDenied, s.session.Deny
		return false
	}
	v.Gray = s.addr.Gray != 0 || s.session.Gray != 0
	return true
}

func (p *plan) denyAddr(v *traffic.Verdict, entry uint64) (open bool) {
	v.Action, v.Reason, v.Entry = traffic.Block, traffic.AddrDenied, entry
	if p.policy.AnalyseDenied && v.Mode == traffic.ModeMonitoring {
		v.Action = traffic.Monitor
	}
	return p.policy.AnalyseDenied
}

// decideHits turns what the detectors found into the verdict. A virtual patch
// blocks in every mode but off; other attacks block in block, and in
// safe_blocking when the source or session is graylisted; otherwise they are
// registered.
func decideHits(v *traffic.Verdict, hits []traffic.Hit, s standing) {
	if len(hits) == 0 || v.Blocked() {
		return
	}
	for i := range hits {
		if hits[i].Type == traffic.VirtualPatchType {
			v.Action, v.Reason = traffic.Block, traffic.VirtualPatch
			return
		}
	}
	switch {
	case v.Mode == traffic.ModeBlock:
		v.Action, v.Reason = traffic.Block, traffic.AttackFound
	case v.Mode == traffic.ModeSafeBlocking && v.Gray:
		v.Action, v.Reason = traffic.Block, traffic.GraylistedFound
		v.Entry = firstNonZero(s.addr.Gray, s.session.Gray)
	case v.Action == traffic.Pass:
		v.Action, v.Reason = traffic.Monitor, traffic.AttackFound
	}
}

func firstNonZero(a, b uint64) uint64 {
	if a != 0 {
		return a
	}
	return b
}
