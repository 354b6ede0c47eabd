/** The first set-up of a box in German. */
import type { SetUpTexts } from './en.ts';

export const de: SetUpTexts = {
  stepOf: 'Schritt {number} von {count}',
  next: 'Weiter',
  skip: 'Überspringen',
  back: 'Zurück',
  later: 'Später fertigstellen',
  inFile: 'Das ist in der Konfigurationsdatei der Box festgelegt.',
  languageTitle: 'Sprache',
  languageHint: 'Für diese Seite. Gäste sehen ihre Seite in ihrer eigenen Sprache.',
  nameTitle: 'Name der Box',
  nameHint: 'Damit man sie findet: zum Beispiel der Name des Lokals.',
  nameAs: 'Im Netz heißt sie {name}.',
  pinHint: 'Wer sie kennt, kann die Box bedienen.',
  pinLabel: 'Neue PIN',
  pinShort: 'Die PIN braucht 4 bis 64 Ziffern oder Buchstaben ohne Leerzeichen.',
  networkTitle: 'Netz',
  networkHint: 'Gäste sehen in dem Netz zu, das hier gewählt wird.',
  searching: 'Netze werden gesucht…',
  noNetworks: 'Kein WLAN ist in Reichweite.',
  searchAgain: 'Noch einmal suchen',
  cable: 'Ein Kabel',
  cableIn: 'Ein Kabel: Es ist eingesteckt',
  cableWaits: 'Ein Kabel: Es ist eingesteckt, hat aber noch keine Adresse',
  otherWifi: 'Ein anderer Name …',
  wifiName: 'Name des WLANs',
  password: 'Passwort des WLANs',
  needsLogin: 'braucht eine Anmeldung, die die Box nicht kann',
  noPassword: 'ohne Passwort',
  openWifi:
    'Müssen Gäste dieses WLANs erst auf einer Seite zustimmen, kann die Box das nicht: Nichts geht ins Internet, und vielleicht erreicht kein Gast die Box. Nimm besser eines mit Passwort oder ein Kabel.',
  notJoined: 'Die Box kam nicht in {name}. Passwort prüfen oder ein anderes Netz wählen.',
  notThePassword:
    'Die Box kam nicht in {name}: Wahrscheinlich ist das Passwort falsch. Gib es noch einmal ein.',
  notInReach:
    'Die Box kam nicht in {name}: Es ist nicht in Reichweite. Stell die Box näher an den Router oder wähle ein anderes Netz.',
  noAddress:
    '{name} lässt die Box herein, gibt ihr aber keine Adresse. Starte den Router neu, wähle ein anderes Netz oder nimm ein Kabel.',
  passwordShort: 'Ein WLAN-Passwort hat 8 bis 63 Zeichen.',
  chooseOne: 'Eines wählen oder überspringen.',
  cameraTitle: 'Kamera',
  cameraHint: 'Die Kamera wählen. Das Bild zeigt, was Gäste sehen werden.',
  noCamera: 'Keine Kamera gefunden. Eine einstecken und noch einmal suchen.',
  testPicture: 'Ein Testbild',
  soundHint: 'Wählen, woher der Ton kommt. Etwas abspielen: Die Anzeigen müssen ausschlagen.',
  noSoundCard: 'Keine Soundkarte gefunden. Eine einstecken und noch einmal suchen.',
  testTone: 'Ein Testton',
  restarting: 'Die Box startet dafür neu, das dauert einige Sekunden…',
  destinationTitle: 'Auch anderswohin senden',
  destinationHint: 'Gäste im Raum können auch ohne das zuschauen.',
  onlyHere: 'Nur in diesen Raum',
  toService: 'Zu YouTube, Twitch oder einem anderen Dienst (RTMP)',
  toReceiver: 'Zu einem Empfänger (SRT)',
  streamKey: 'Streamschlüssel',
  addressLike:
    'Die Adresse beginnt mit rtmp:// oder rtmps://. Kopiere sie vom Dienst, ohne den Streamschlüssel.',
  keyMissing: 'Gib den Streamschlüssel ein, den der Dienst zeigt.',
  receiverMissing: 'Gib die Adresse des Empfängers ein und seinen Port: eine Zahl bis 65535.',
  titleTitle: 'Titel des ersten Drops',
  titleHint: 'Gäste sehen ihn auf ihren Handys.',
  nearlyTitle: 'Fast fertig',
  noteFirst:
    'Die Box verlässt jetzt ihr eigenes WLAN, und diese Seite geht vielleicht von selbst zu. Mach vorher ein Bildschirmfoto von ihr.',
  doneTitle: 'Fertig',
  joinFirst: 'Dieses Handy mit {name} verbinden, dann öffnen:',
  joinAfter: 'Danach dieses Handy mit {name} verbinden und diese Adresse öffnen.',
  openThis: 'Von jetzt an öffnen:',
  madePin: 'Die Box hat diese PIN gewählt: {pin}. Bitte aufschreiben.',
  failsBack:
    'Kommt die Box nicht innerhalb einer Minute in {name}, ist sie wieder im Netz von vorher, oder ihr eigenes WLAN ist wieder da, und man kann neu wählen.',
  keepsApart:
    'Geht die Seite dort nicht auf, lässt dieses WLAN seine Geräte einander nicht erreichen, und auch Gäste könnten darin nicht zuschauen. Nimm ein Kabel, oder schalte dieses WLAN fünf Minuten lang aus: Das eigene der Box kommt wieder, und man kann ein anderes wählen.',
  wifiTitle: 'WLAN des Lokals',
  wifiHint:
    'Die Box verlässt ihr Netz für das hier gewählte, und diese Seite mit ihr. Gäste sehen dort zu.',
  join: 'Box verbinden',
  begunElsewhere:
    'Die Einrichtung hat auf einem anderen Handy begonnen. Gib die PIN ein, die dort gewählt wurde, und mach hier weiter.',
  notSetUp:
    'Diese Box ist noch nicht eingerichtet. Dieses Handy mit dem eigenen WLAN der Box verbinden, oder die Box per Kabel mit dem Router, und diese Seite neu öffnen.',
};
