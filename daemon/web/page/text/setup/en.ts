/** The first set-up of a box in English. */

/** Of each language: a missing text, or one too many, fails the build. */
export type SetUpTexts = Readonly<Record<keyof typeof en, string>>;

export const en = {
  stepOf: 'Step {number} of {count}',
  next: 'Next',
  skip: 'Skip',
  back: 'Back',
  later: 'Finish later',
  inFile: 'This is set in the config file of the box.',
  languageTitle: 'Language',
  languageHint: 'For this page. Guests see their page in their own language.',
  nameTitle: 'Name of the box',
  nameHint: 'So that you find it: the name of the venue, for example.',
  nameAs: 'On the network it is called {name}.',
  pinHint: 'Anyone who knows it can control the box.',
  pinLabel: 'New PIN',
  pinShort: 'The PIN needs 4 to 64 digits or letters, without spaces.',
  networkTitle: 'Network',
  networkHint: 'Guests watch in the network that you choose here.',
  searching: 'Looking for networks…',
  noNetworks: 'No Wi-Fi network is in reach.',
  searchAgain: 'Look again',
  cable: 'A cable',
  cableIn: 'A cable: it is plugged in',
  cableWaits: 'A cable: it is plugged in, but has no address yet',
  otherWifi: 'Another name…',
  wifiName: 'Name of the Wi-Fi',
  password: 'Password of the Wi-Fi',
  needsLogin: 'needs a login that the box cannot give',
  noPassword: 'without a password',
  openWifi:
    'If guests of this Wi-Fi must first agree to something on a page, the box cannot do that: nothing gets out to the internet, and perhaps no guest reaches the box. Better take one with a password, or a cable.',
  notJoined: 'The box could not join {name}. Check the password, or choose another network.',
  notThePassword:
    'The box could not join {name}: most likely the password is wrong. Enter it again.',
  notInReach:
    'The box could not join {name}: it is not in reach. Move the box nearer to its router, or choose another network.',
  noAddress:
    '{name} lets the box in, but gives it no address. Restart its router, choose another network, or use a cable.',
  passwordShort: 'A Wi-Fi password has 8 to 63 characters.',
  chooseOne: 'Choose one, or skip.',
  cameraTitle: 'Camera',
  cameraHint: 'Choose the camera. The picture shows what guests will see.',
  noCamera: 'No camera was found. Plug one in, and look again.',
  testPicture: 'A test picture',
  soundHint: 'Choose where the sound comes from. Play something: the meters must move.',
  noSoundCard: 'No sound card was found. Plug one in, and look again.',
  testTone: 'A test tone',
  restarting: 'The box restarts to use it, which takes some seconds…',
  destinationTitle: 'Send it elsewhere too',
  destinationHint: 'Guests in the room can watch without it.',
  onlyHere: 'Only to this room',
  toService: 'To YouTube, Twitch or another service (RTMP)',
  toReceiver: 'To a receiver (SRT)',
  streamKey: 'Stream key',
  addressLike:
    'The address begins with rtmp:// or rtmps://. Copy it from the service, without the stream key.',
  keyMissing: 'Enter the stream key that the service shows.',
  receiverMissing: 'Enter the address of the receiver, and its port: a number up to 65535.',
  titleTitle: 'Title of the first drop',
  titleHint: 'Guests see it on their phones.',
  nearlyTitle: 'Nearly done',
  noteFirst:
    'The box now leaves its own Wi-Fi, and this page may close by itself. Take a screenshot of it first.',
  doneTitle: 'All set',
  joinFirst: 'Connect this phone to {name}, then open:',
  joinAfter: 'After that, connect this phone to {name} and open this address.',
  openThis: 'From now on, open:',
  madePin: 'The box chose this PIN: {pin}. Write it down.',
  failsBack:
    'If the box cannot join {name} within a minute, it is back in the network before, or its own Wi-Fi comes back, and you can choose again.',
  keepsApart:
    'If the page does not open there, that Wi-Fi blocks devices from reaching each other, and guests could not watch in it either. Use a cable, or switch that Wi-Fi off for five minutes: the box’s own comes back, and you can choose another.',
  wifiTitle: 'Wi-Fi of the venue',
  wifiHint:
    'The box leaves its network for the one that you choose here, and this page goes with it. Guests watch there.',
  join: 'Connect the box',
  begunElsewhere:
    'The set-up was begun on another phone. Enter the PIN that was chosen there, and go on here.',
  notSetUp:
    'This box is not set up yet. Connect this phone to the box’s own Wi-Fi, or the box to your router with a cable, and open this page again.',
};
