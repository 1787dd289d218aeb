// Runs in a worker: altcha's own solver for the algorithm that the server asks for (registry/guard/challenges.py).
import "altcha/workers/pbkdf2";
