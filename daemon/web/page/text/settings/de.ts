/** The settings in German. */
import type { SettingsTexts } from './en.ts';

export const de: SettingsTexts = {
  sectionQuality: 'Bildqualität',
  sectionGuests: 'Gäste',
  sectionUplink: 'Leitungen und Ziel',
  sectionModems: 'Modems und SIM-Karten',
  sectionRecordings: 'Aufnahmen und Clips',
  sectionShop: 'Shop',
  sectionSignIn: 'Anmeldung',
  sectionMqtt: 'MQTT und Metriken',
  sectionFleet: 'Flotte: Boxen mit gemeinsamem Drop',
  sectionPower: 'Akku und Strom',
  sectionPanel: 'Tasten und Lampen',
  sectionEdge: 'Stream einer anderen Box',
  sectionOther: 'Weiteres',

  needNothing: 'sofort',
  needMqtt: 'verbindet sich neu mit dem Broker',
  needMetrics: 'startet die Metriken neu',
  needAnnounce: 'meldet die Box neu im Netz an',
  needModems: 'liest die Einstellungen der Modems neu',
  needPrinter: 'verbindet sich neu mit dem Drucker',
  needCamera: 'das Bild der Kamera fehlt einige Sekunden',
  needSound: 'der Ton fehlt einige Sekunden',
  needPanel: 'verbindet sich neu mit Tasten, Lampen und Akku',
  needPage: 'öffnet diese Seite neu',
  needWebhook: 'öffnet den Weg der Bestellungen des Webshops neu',
  needBetween: 'ab dem nächsten Drop',
  needMedia: 'startet die Seite der Gäste neu',
  needNetwork: 'öffnet diese Netze neu',
  needRestart: 'startet die Box neu',

  pageMoved: 'Diese Seite ist jetzt unter {address}.',
  close: 'Zurück',
  loading: 'Lade die Einstellungen…',
  locked: 'In der Konfigurationsdatei der Box gesetzt: ändere es dort.',
  yes: 'ja',
  no: 'nein',
  none: 'nichts',
  isSet: 'gesetzt',
  changedSecret: 'ein neues',
  notSet: 'nicht gesetzt',
  setNew: 'Neues eingeben',
  whose: 'Schnittstelle, Port oder IMEI des Modems, oder any',
  add: 'Hinzufügen',
  use: 'In Gebrauch',
  usual: 'Vorgabe',
  unchanged: 'Es ändert sich nichts.',
  changes: '{count} {count:Änderung|Änderungen}',
  review: 'Prüfen',
  discard: 'Verwerfen',
  reviewTitle: 'Diese Änderungen übernehmen?',
  apply: 'Übernehmen',
  restarts:
    'Die Box startet neu: Diese Seite kommt in einigen Sekunden von selbst wieder. Melde dich dann neu an.',
  restartByHand: 'Sie gelten, sobald die Box neu gestartet wird.',
  restarting: 'Gespeichert. Die Box startet neu…',
  savedForLater: 'Gespeichert. Starte die Box neu, damit auch der Rest gilt.',
  pending: 'Gespeichert, gilt nach dem nächsten Start: {names}.',
  conflict:
    'Inzwischen hat jemand anders die Einstellungen geändert. Deine sind noch hier: prüfe sie noch einmal.',
  conflictSame: 'Ihr habt beide geändert: {names}. Deine Werte würden die anderen ersetzen.',
  pendingDrop: 'Gespeichert, gilt eine Minute nach dem Drop: {names}.',
  afterDrop: 'Ein Drop läuft. Eine Minute nach seinem Ende gilt: {names}.',
  wrong: '{count} {count:Wert ist|Werte sind} falsch: siehe unten.',
  versions: 'Frühere Einstellungen',
  noVersions: 'Noch keine: Jede übernommene Änderung lässt sich hier zurücknehmen.',
  goBack: 'Zu diesen zurück',
  testPrint: 'Einen Zettel drucken',
  testBroker: 'Testnachricht senden',
  testPreview: 'Vorschau',
  testListen: 'Anhören',
  choosePlugged: 'Aus dem wählen, was eingesteckt ist',
  testUplink: 'Leitung nach außen testen',
  linkWhole: '{id} trägt den ganzen Stream allein ({mbps} Mb/s).',
  linkPart: '{id} trägt allein {mbps} von {wanted} Mb/s.',
  linkDown: '{id} ist weg: {reason}.',
  linkSpared: '{id} wurde ausgelassen: von den Daten dieses Monats ist wenig übrig.',
  linkUntried: '{id} steht; allein wurde es nicht versucht.',
  receiverAnswers: 'Der Empfänger antwortet und bekommt {mbps} Mb/s.',
  receiverSilent: 'Der Empfänger antwortet nicht: {reason}.',
  testing: 'Läuft…',
  sectionReady: 'Vor dem Drop',

  certificate: 'Zertifikat für HTTPS',
  certificateFacts:
    'Für {names}, gültig bis {date}. Ausgestellt von {issuer}. Unter jeder anderen Adresse warnen Browser.',
  certificateNoChain:
    'Das Zertifikat des Ausstellers ist nicht dabei. Lehnen Handys es ab, wähle die Datei mit der ganzen Kette (oft fullchain.pem).',
  certificateGuests: 'Damit Gäste es nutzen, gib unter „Gäste“ {address} als ihre Adresse ein.',
  certificateHint:
    'Wähle das Zertifikat mit seiner Kette und den Schlüssel zusammen, als PEM-Dateien. Danach öffnet sich diese Seite neu und fragt nach der PIN.',
  certificateOpen:
    'Diese Seite hat noch kein HTTPS: andere im selben Netz könnten den Schlüssel unterwegs mitlesen. Schicke ihn per Kabel oder über das eigene WLAN der Box.',
  certificateChoose: 'Zertifikat und Schlüssel wählen',
  certificateSwitchTitle: 'Auf HTTPS umstellen?',
  certificateSwitchDetail:
    'Diese Seite bekommt eine Adresse mit https, und alle melden sich neu an. Die Seiten der Gäste bekommen auch eine, und ihr Bild bleibt kurz stehen. Was an die alte Adresse dieser Seite sendet, braucht die neue: Kameras wie OBS, ein Shop, gespeicherte Links.',
  certificateSwitch: 'Auf HTTPS umstellen',
  certificateRemove: 'Zertifikat entfernen',
  certificateRemoveTitle: 'Zertifikat entfernen?',
  certificateRemoveDetail:
    'Die Box löscht den Schlüssel. Seiten, die es nutzten, haben dann kein HTTPS, und Links mit https dorthin gehen nicht mehr.',
  certificateNone:
    'In diesen Dateien ist kein Zertifikat. Sie müssen PEM sein: Text mit einer Zeile „BEGIN CERTIFICATE“, höchstens 64 kB.',
  certificateNoKey:
    'In diesen Dateien ist kein Schlüssel. Wähle Zertifikat und Schlüssel zusammen.',
  certificateEncrypted:
    'Der Schlüssel ist mit einem Passwort geschützt, das die Box beim Start nicht eingeben kann. Speichere ihn ohne (openssl pkey -in key.pem -out open.pem) und wähle diese Datei.',
  certificateKeyKind: 'Browser kennen diese Art von Schlüssel nicht: er muss RSA oder ECDSA sein.',
  certificateKeyOther: 'Der Schlüssel gehört zu einem anderen Zertifikat.',
  certificateDamaged:
    'Ein Teil dieser Dateien ist beschädigt. Hole sie noch einmal und wähle die neuen.',
  certificateStray:
    'Ein Zertifikat in diesen Dateien gehört nicht zur Kette, oder eines dazwischen fehlt.',
  certificateExpired: 'Ein Zertifikat in diesen Dateien ist abgelaufen: hole ein neues.',
  certificateTooEarly:
    'Ein Zertifikat in diesen Dateien gilt noch nicht: nimm es ab seinem ersten Tag.',
  certificateNoNames:
    'Das Zertifikat nennt keine Adresse (subjectAltName), darum lehnen Browser es ab.',
  certificateWeak: 'Der Schlüssel ist zu kurz oder die Signatur zu alt: Browser lehnen es ab.',
  certificateInDrop:
    'Ein Drop läuft. Schicke es nach seinem Ende: diese Seite bekäme eine andere Adresse, und alle müssten sich neu anmelden.',
  certificateInUse: 'Gäste bekommen den Drop damit bis zum Ende: entferne es danach.',
  certificateNotSaved:
    'Die Box hat es nicht gespeichert: ihr Datenträger ist voll oder schreibgeschützt, oder jemand anderes änderte gerade die Einstellungen.',
};
