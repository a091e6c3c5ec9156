// Preloaded into every child of the demo. When the launcher is gone, however it ended, its end of the channel closes
// and the child ends too: the demo leaves no process behind.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
