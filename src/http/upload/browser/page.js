(() => {
  const byId = (id) => document.getElementById(id);
  const main = byId('upload');
  const { endpoint, stateUrl } = main.dataset;
  const maxBytes = Number(main.dataset.maxBytes);
  const heading = main.querySelector('h1').textContent;
  const sections = ['choose', 'sending', 'done', 'trouble'];

  /** Small enough for reverse proxies that collect a whole request before they pass it on. */
  const chunkSize = 8 * 1024 * 1024;
  const stalledAfterMs = 30_000;
  const goOnAfterMs = 8_000;
  const forgetAfterMs = 24 * 3_600_000;

  let upload = null;
  let file = null;
  let mode = 'idle';
  let lastBytes = 0;
  let lastProgressAt = 0;
  let spokenTenth = 0;
  let goOnTimer = 0;
  let samples = [];
  let wakeLock = null;

  const number = (value, digits) =>
    value.toLocaleString(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const megabytes = (bytes) => number(bytes / 1e6, bytes < 1e8 ? 1 : 0);

  const show = (name) => {
    for (const section of sections) byId(section).hidden = section !== name;
    byId('step-1').className = name === 'done' ? 'past' : 'now';
    byId('step-3').className = name === 'done' ? 'now' : '';
  };

  const say = (text) => {
    byId('spoken').textContent = text;
  };

  const keepAwake = async (wanted) => {
    if (wanted && wakeLock === null && document.visibilityState === 'visible') {
      wakeLock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
      wakeLock?.addEventListener('release', () => {
        wakeLock = null;
      });
    } else if (!wanted) {
      await wakeLock?.release().catch(() => undefined);
      wakeLock = null;
    }
  };

  /** Statuses behind which the next try may find everything in order; 0 is no answer at all. */
  const mayPass = (status) => [0, 409, 423, 429, 502, 503, 504].includes(status);

  const setMode = (next) => {
    mode = next;
    clearTimeout(goOnTimer);
    keepAwake(mode === 'sending' || mode === 'waiting');
    byId('sending').classList.toggle('waiting', mode === 'waiting' || mode === 'paused');
    byId('pause').textContent = mode === 'paused' ? 'Go on' : 'Pause';
    if (mode === 'idle') document.title = `${heading} - Quartermaster`;
  };

  const pace = (sent, total) => {
    const now = performance.now();
    samples.push({ at: now, sent });
    samples = samples.filter((sample) => now - sample.at < 6_000);
    const first = samples[0];
    if (now - first.at < 1_000) return '';
    const perSecond = ((sent - first.sent) / (now - first.at)) * 1000;
    if (perSecond <= 0) return '';
    const left = (total - sent) / perSecond;
    const time = left < 90 ? `${Math.max(1, Math.round(left))} s` : `${Math.round(left / 60)} min`;
    return `${number(perSecond / 1e6, 1)} MB/s, about ${time} left`;
  };

  const progress = (sent, total) => {
    const percent = Math.floor((sent / total) * 100);
    const figures = `${megabytes(sent)} of ${megabytes(total)} MB`;
    byId('fill').style.transform = `translateX(${percent - 100}%)`;
    byId('bar').setAttribute('aria-valuenow', String(percent));
    byId('bar').setAttribute('aria-valuetext', `${percent} %, ${figures}`);
    byId('percent').textContent = `${percent} %`;
    byId('bytes').textContent = figures;
    document.title = `${percent} % - ${heading}`;
    const tenth = Math.floor(percent / 10);
    if (tenth > spokenTenth && percent < 100) say(`${tenth * 10} percent`);
    spokenTenth = tenth;
    if (sent > lastBytes) {
      lastBytes = sent;
      lastProgressAt = performance.now();
    }
    if (mode === 'waiting') setMode('sending');
    if (mode !== 'sending') return;
    byId('pace').textContent =
      sent === total ? 'Checking the file. This takes a moment for a large one.' : pace(sent, total);
  };

  const trouble = (title, text, mayTryAgain) => {
    setMode('idle');
    byId('trouble-title').textContent = title;
    byId('trouble-text').textContent = text;
    byId('again').hidden = !mayTryAgain;
    show('trouble');
  };

  const done = (received) => {
    setMode('idle');
    byId('done-name').textContent = received.fileName;
    byId('done-size').textContent = `${megabytes(received.size)} MB (${received.size.toLocaleString()} bytes)`;
    byId('done-digest').textContent = received.sha256.replace(/.{8}(?=.)/g, '$& ');
    byId('until').hidden = true;
    document.title = 'Done - Quartermaster';
    show('done');
    byId('done-title').focus();
    say('Done, go back to Teams.');
  };

  const showExpiry = (expiry) => {
    const isToday = expiry.toDateString() === new Date().toDateString();
    const style = isToday ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' };
    document.querySelector('#until time').textContent = expiry.toLocaleString(undefined, style);
  };

  /** What the server knows, or null where it cannot be reached. */
  const ask = async () => {
    try {
      const known = await (await fetch(stateUrl, { cache: 'no-store' })).json();
      if (known.expiresAt !== undefined) showExpiry(new Date(known.expiresAt));
      return known;
    } catch {
      return null;
    }
  };

  const lost = () => {
    if (mode === 'paused' || mode === 'idle') return;
    setMode('waiting');
    byId('pace').textContent = 'Connection lost. It goes on by itself when the connection is back.';
    say('Connection lost. It goes on by itself when the connection is back.');
    goOnTimer = setTimeout(goOn, goOnAfterMs);
  };

  const goOn = async () => {
    await upload?.abort().catch(() => undefined);
    if (mode === 'waiting') send();
  };

  const failed = async (error) => {
    const status = error.originalResponse?.getStatus() ?? 0;
    const known = await ask();
    if (known?.state === 'received') return done(known.received);
    if (mode === 'paused' || mode === 'idle') return;
    if (known?.problem !== undefined) return trouble(known.problem.title, known.problem.text, false);
    if (known === null || mayPass(status)) return lost();
    trouble(
      'The upload did not succeed',
      error.originalResponse?.getBody() || 'The server could not take the file.',
      true,
    );
  };

  const succeeded = async () => {
    for (let tries = 0; tries < 5; tries++) {
      const known = await ask();
      if (known?.state === 'received') return done(known.received);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    lost();
  };

  async function send() {
    samples = [];
    lastBytes = 0;
    lastProgressAt = performance.now();
    const next = new tus.Upload(file, {
      endpoint,
      chunkSize,
      metadata: { filename: file.name },
      retryDelays: [0, 1_000, 3_000, 5_000],
      removeFingerprintOnSuccess: true,
      onShouldRetry: (error) => {
        const again = navigator.onLine && mayPass(error.originalResponse?.getStatus() ?? 0);
        if (again) byId('pace').textContent = 'Connection lost. Trying again.';
        return again;
      },
      // From its start an upload has more time than the link had.
      onUploadUrlAvailable: ask,
      onProgress: progress,
      onSuccess: succeeded,
      onError: failed,
    });
    upload = next;
    const [previous] = await next.findPreviousUploads();
    if (previous !== undefined) next.resumeFromPreviousUpload(previous);
    if (upload === next && (mode === 'sending' || mode === 'waiting')) next.start();
  }

  const begin = (chosen) => {
    if (chosen === undefined || mode !== 'idle') return;
    file = chosen;
    if (file.size === 0) return trouble('The file is empty', 'Choose a file that has content.', true);
    if (file.size > maxBytes)
      return trouble(
        'The file is too large',
        `It has ${megabytes(file.size)} MB, and the limit is ${megabytes(maxBytes)} MB.`,
        true,
      );
    lastBytes = 0;
    spokenTenth = 0;
    byId('sending-name').textContent = file.name;
    byId('pace').textContent = 'Starting';
    setMode('sending');
    show('sending');
    progress(0, file.size);
    say(`Uploading ${file.name}`);
    send();
  };

  const chooseAgain = async () => {
    setMode('idle');
    byId('file').value = '';
    byId('unfinished').hidden = true;
    show('choose');
  };

  /** A page that was closed in the middle can go on with the same file, which the browser wants to be chosen again. */
  const offerUnfinished = async () => {
    const stored = [];
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith('tus::'))) {
      try {
        const entry = JSON.parse(localStorage.getItem(key));
        if (Date.now() - Date.parse(entry.creationTime) > forgetAfterMs) localStorage.removeItem(key);
        else if (entry.uploadUrl?.includes(`${endpoint}/`)) stored.push(entry);
      } catch {
        localStorage.removeItem(key);
      }
    }
    const name = stored.at(-1)?.metadata?.filename;
    if (name === undefined) return;
    byId('unfinished').textContent = `${name} is not complete yet. Choose it again, and it goes on where it stopped.`;
    byId('unfinished').hidden = false;
  };

  byId('file').addEventListener('change', (event) => begin(event.target.files[0]));
  byId('again').addEventListener('click', chooseAgain);

  byId('pause').addEventListener('click', async () => {
    if (mode === 'paused') {
      setMode('sending');
      byId('pace').textContent = 'Going on';
      return send();
    }
    setMode('paused');
    byId('pace').textContent = 'Paused';
    say('Paused');
    await upload?.abort().catch(() => undefined);
  });

  byId('cancel').addEventListener('click', async () => {
    setMode('idle');
    const stopped = upload;
    upload = null;
    await stopped?.abort(true).catch(() => undefined);
    say('Cancelled');
    chooseAgain();
  });

  const carriesFiles = (event) => event.dataTransfer?.types.includes('Files');
  for (const name of ['dragenter', 'dragover']) {
    document.addEventListener(name, (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      byId('drop').classList.add('over');
    });
  }
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) byId('drop').classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    byId('drop').classList.remove('over');
    if (!byId('choose').hidden) begin(event.dataTransfer.files[0]);
  });

  addEventListener('online', () => {
    if (mode === 'waiting') goOn();
  });
  addEventListener('offline', () => {
    if (mode === 'sending')
      upload
        ?.abort()
        .catch(() => undefined)
        .then(lost);
  });
  addEventListener('beforeunload', (event) => {
    if (mode === 'sending' || mode === 'waiting') event.preventDefault();
  });
  document.addEventListener('visibilitychange', () => keepAwake(mode === 'sending' || mode === 'waiting'));

  // A dead connection can stay silent for minutes.
  setInterval(() => {
    if (mode !== 'sending' || file === null || lastBytes >= file.size) return;
    if (performance.now() - lastProgressAt > stalledAfterMs)
      upload
        ?.abort()
        .catch(() => undefined)
        .then(lost);
  }, 2_000);

  byId('hint').textContent +=
    `, up to ${maxBytes >= 1e9 ? `${number(maxBytes / 1e9, 1)} GB` : `${megabytes(maxBytes)} MB`}`;

  ask().then((known) => {
    if (known?.state === 'received') return done(known.received);
    if (known?.problem !== undefined) return trouble(known.problem.title, known.problem.text, false);
    if (!tus.isSupported) return trouble('This browser cannot upload', 'Open the link in a current browser.', false);
    offerUnfinished();
    show('choose');
  });
})();
