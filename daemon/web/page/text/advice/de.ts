/** What a person can do about an alert, in German. */
import type { AdviceTexts } from './en.ts';

export const de: AdviceTexts = {
  panelAway:
    'Nimm stattdessen die Regieseite. Prüfe das Kabel und „Tasten und Lampen“ in den Einstellungen.',
  lampsAway:
    'Schau stattdessen auf die Regieseite. Prüfe das Kabel und „Tasten und Lampen“ in den Einstellungen.',
  pluggedIn: 'Prüfe, ob er eingesteckt und eingeschaltet ist.',
  newRoll: 'Leg eine neue Rolle ein und drucke noch einmal, was fehlt.',
  rollReady: 'Halte eine neue Rolle bereit.',
  closeCover: 'Schließ den Deckel.',
  lookAtPrinter:
    'Schau zum Drucker. Sag auf der Regieseite unter „Gedruckte Zettel“, dass er gedruckt wurde, oder drucke ihn noch einmal.',
  unblockSlips:
    'Sorge dafür, dass der Drucker druckt. Sag auf der Regieseite unter „Gedruckte Zettel“ bei jedem fraglichen Zettel, ob er gedruckt wurde. Tippe auf „Nicht drucken“ bei denen, die niemand braucht.',
  moreSlips:
    'Die Box druckt nicht mehr Zettel pro Stunde, als die Einstellungen erlauben. Erhöhe dort für mehr „Zettel pro Stunde“.',
  noOrderLost: 'Keine Bestellung geht verloren: Ihre Zettel werden später von selbst gedruckt.',
  clearPaper: 'Öffne ihn, entferne das Papier und schalte ihn aus und ein.',
  freeSystemDisk: 'Mach auf dem Systemdatenträger Platz oder tausche ihn aus.',
  versionBefore: 'Die vorige Version läuft weiter. Sag es denen, die die Versionen herausgeben.',
  leaveSafeMode: 'Der Grund steht unten. Starte die Box neu, um den Notbetrieb zu beenden.',
  giveAir: 'Gib der Box Luft und stell sie aus der Sonne.',
  cooling: 'Prüfe Kühlung und Netzteil; wenn es bleibt, nimm weniger Bildstufen.',
  strongerSupply: 'Nimm ein stärkeres Netzteil und ein kürzeres, dickeres Kabel.',
  strongerNext: 'Nimm vor dem nächsten Drop ein stärkeres Netzteil.',
  stopPrograms: 'Beende andere Programme oder senke viewers.window_s.',
  freeSpace: 'Mach Platz oder nimm einen anderen Datenträger.',
  replaceDisk: 'Tausche ihn aus, bevor er ausfällt.',
  wifiAgain: 'Verbinde ein Handy mit dem eigenen WLAN der Box und wähle dort noch einmal ein WLAN.',
  wifiNearer:
    'Stell die Box näher an den Router dieses WLANs, oder wähle im eigenen WLAN der Box ein anderes.',
  wifiPassword:
    'Verbinde ein Handy mit dem eigenen WLAN der Box und gib das Passwort noch einmal ein.',
  wifiRouter: 'Starte den Router dieses WLANs neu, oder nimm ein Kabel.',
  timeServer:
    'Verbinde die Box mit einem Netz mit Zeitserver: Aufnahmen und Zertifikate brauchen die Uhrzeit.',
  retried: 'Die Box versucht es von selbst weiter.',
  staysRestart: 'Wenn es bleibt, starte die Box neu.',
  cameraPlugged: 'Prüfe, ob die Kamera eingesteckt und eingeschaltet ist.',
  secondCameraPlugged: 'Prüfe, ob die zweite Kamera eingesteckt und eingeschaltet ist.',
  soundPlugged: 'Prüfe, ob die Soundkarte eingesteckt ist.',
  roomWatches: 'Die Gäste im Raum können weiter zusehen.',
  phoneAgain: 'Verbinde das Handy oder OBS noch einmal.',
  networkCamera:
    'Prüfe, ob die Netzwerkkamera eingeschaltet ist, und in den Einstellungen ihre Adresse und ihr Login.',
  networkSound: 'Schalte den Ton der Netzwerkkamera in ihren eigenen Einstellungen ein.',
  phoneSound: 'Erlaube dem Handy oder OBS sein Mikrofon, und verbinde es noch einmal.',
  recovered:
    'Es läuft von selbst wieder. Wenn es noch einmal passiert, speichere eine Hilfsdatei (Abschnitt Hilfe) und schick sie deinem Support.',
  restarted: 'Es startet von selbst neu.',
  againRestart: 'Wenn es noch einmal passiert, starte die Box neu.',
  soundCables: 'Prüfe, ob die Soundkarte eingesteckt ist, dann Kabel, Pegel und Phantomspeisung.',
  channelCable: 'Prüfe das Kabel dieses Kanals, oder setze sound.channels auf 1.',
  gainDown: 'Dreh den Pegel herunter, bis die lauteste Stelle unter -6 dBFS bleibt.',
  otherPort: 'Beende das andere Programm oder stell bei viewers.port einen anderen ein.',
  moreConnections: 'Erhöhe viewers.max_connections oder stell einen Cache vor die Box.',
  pinFile:
    'Nenne in modems.pin_files eine Datei mit der PIN; für die PUK brauchst du den Brief des Anbieters.',
  putPin: 'Schreib die PIN der SIM-Karte in eine Datei und nenne sie in modems.pin_files.',
  rightPin:
    'Schreib die richtige PIN in diese Datei (modems.pin_files); dann wird es noch einmal versucht.',
  unlockSim:
    'Entsperre die SIM-Karte in einem Handy und schreib ihre PIN in die Datei von modems.pin_files.',
  othersUsed:
    'Andere Programme haben sie mitbenutzt. Erhöhe die Datenmenge oder nimm eine andere SIM-Karte.',
  antenna:
    'Prüfe Antenne, SIM-Karte und Stecker. Das Zurücksetzen endet, wenn du in den Einstellungen modems.reset ausschaltest.',
  modemManager: 'Prüfe, ob ModemManager läuft; mit modems.at_ports diese Ports und die Stecker.',
  otherBox: 'Prüfe, ob die andere Box läuft, das Netz zwischen beiden und edge.upstream.',
  checkUplink: 'Prüfe das Netz sowie Adresse und Port des Empfängers in den Einstellungen.',
  checkModems: 'Prüfe Modems, SIM-Karten und Netzkabel sowie den Empfänger.',
  othersCarry: 'Die anderen Leitungen tragen den Stream. Prüfe das Modem oder Kabel.',
  otherSim:
    'Nimm dafür eine andere SIM-Karte oder ein anderes Netz. Ist es bei allen so, passt sich die Box an.',
  smallerPackets: 'Die Box versucht kleinere Pakete. Wenn es bleibt, nimm ein anderes Netz.',
  raiseBudget: 'Erhöhe die Datenmenge oder nimm eine andere SIM-Karte.',
  checkBroker:
    'Der Drop geht weiter, Ereignisse werden später gesendet. Prüfe den Broker und mqtt.url.',
  freeState:
    'Der Drop geht weiter. Mach Platz auf dem Datenträger mit dem Zustand oder tausche ihn aus.',
  waitOnDisk: 'Sie warten auf dem Datenträger. Erlaube der Box auf dem Broker venuebox/v1/<box>/#.',
  letPublish: 'Erlaube der Box auf dem Broker, venuebox/v1/<box>/# zu senden und zu abonnieren.',
  bringBack:
    'Bring den Broker zurück, prüfe den Datenträger mit dem Zustand oder erhöhe mqtt.spool_mb.',
  sellByHand:
    'Verkauf von Hand und schreib jeden Verkauf auf. Kopiere nach dem Drop den Ordner „orders“ aus dem Zustand der Box: Nichts davon ist verloren. Frag den Support, wie eine neue Liste beginnt.',
  installNewer: 'Installiere die neuere Version wieder: Keine Bestellung ist verloren.',
  freeOrders:
    'Mach auf dem Datenträger der Box Platz oder tausche ihn aus. Dann können es Käufer noch einmal versuchen.',
  exportOrders:
    'Exportiere die Bestellungen, räum den Ordner „orders“ weg und setze eine andere drop.id.',
  unmatchedFull:
    'Speichere die Liste der Bestellungen als Tabelle und sieh sie durch. Tippe dann unter dieser Liste auf „Zahlungen ohne Artikel abhaken“: Die Tabelle behält sie. Bis dahin merkt sich die Box keine weiteren: Sieh diese bei deinem Zahlungsdienst nach. Lass deinen Shop nur schicken, was hier verkauft wird.',
  giveBack: 'Gib das Geld bei deinem Zahlungsdienst zurück und storniere dann die Bestellung hier.',
  correctItem:
    'Korrigiere den Artikel in deinem Shop für die nächsten Käufer. Um diese Zahlung anzunehmen, füge den Artikel hier mit der Kennung hinzu, die dein Shop gesendet hat: sie wird angenommen, wenn sie noch einmal kommt. Oder gib das Geld bei deinem Zahlungsdienst zurück und storniere dann die Bestellung hier.',
  giveOtherBack:
    'Dein Shop hat die Nummer einer Bestellung zweimal verwendet. Gib diese andere Zahlung bei deinem Zahlungsdienst zurück und tippe dann in der Liste der Bestellungen daneben auf „Geld ist zurück“. Die Bestellung selbst bleibt.',
  plugInLater: 'Steck das Netzteil ein, wenn du kannst.',
  plugIn: 'Steck das Netzteil ein.',
  plugInNow: 'Steck das Netzteil jetzt ein; sonst beendet die Box den Drop und schaltet sich aus.',
  stayOnMains: 'Bleib am Netz. Prüfe die Akkuplatine und power.board in den Einstellungen.',
  cutPower: 'Es wird nichts aufgenommen: Du kannst den Strom abschalten.',
  othersGoOn: 'Die anderen Aufnahmen gehen weiter.',
  freeGoesOn: 'Mach Platz oder nimm einen anderen Datenträger: Es geht von selbst weiter.',
  saveOthers: 'Sichere und lösche diese, oder nimm einen anderen Datenträger: Es geht dann weiter.',
  writeProtection: 'Prüfe den Schreibschutz; eine abgenutzte Karte sperrt sich selbst.',
  plugAgain: 'Steck ihn wieder ein: Er wird repariert, und es geht von selbst weiter.',
  checkPlug: 'Prüfe den Stecker oder nimm einen anderen Datenträger.',
  checkDisk: 'Prüfe diesen Datenträger.',
  newFile:
    'Es geht in einer neuen Datei weiter. Wenn es noch einmal passiert, prüfe diesen Datenträger.',
  tooSlow: 'Der Datenträger ist zu langsam oder fast kaputt; nimm einen anderen.',
  secondCopy:
    'Fällt dieser Datenträger aus, sind beide Kopien verloren: Nimm die zweite auf einem anderen auf.',
  destinationOthers:
    'Alle anderen bekommen den Stream. Prüfe uplink.destinations und den Stream bei diesem Dienst.',
  destinationAlone: 'Prüfe das Netz und uplink.destinations in den Einstellungen.',
  repairLook:
    'Verbessere diese Zeile der Datei oder wähle eine andere Farbstimmung. Die Zuschauer sehen die Farben der Kamera.',
  renewCertificate: 'Der Drop geht weiter. Prüfe das Datum der Box, sonst erneuere das Zertifikat.',
  ownName:
    'Befehle kommen bei einer von beiden an. Gib jeder Box in den Einstellungen einen eigenen Namen.',
  largerPackets: 'Erhöhe das größte Paket, das der Broker nimmt (mosquitto: max_packet_size).',
  checkBackfill:
    'Es wird von selbst wieder versucht. Prüfe uplink.backfill und den Speicher des Relays.',
  letGo: 'Lass sie los und drücke sie eine halbe Minute lang nicht.',
  stuckCable:
    'Drückt sie niemand, prüfe ihr Kabel. Öffnet sie beim Drücken, ändere in den Einstellungen unter „Tasten und Lampen“ „Aktiv bei niedrigem Pegel“.',
  certificateNew:
    'Hole ein neues und lade es in den Einstellungen unter „Zertifikat für HTTPS“ hoch: Browser lehnen ein abgelaufenes ab.',
  lookThroughSettings: 'Öffne die Einstellungen, sieh sie durch und übernimm, was fehlt.',
  correctDrop:
    'Berichtige die Zeile in drops.yaml oder füge den Drop auf der Regieseite hinzu. Die anderen bleiben.',
  shopSecret:
    'Bezahlte Bestellungen des Webshops kommen nicht an. Schreib das Signaturgeheimnis des Shops in die Datei, lesbar nur für die Box; es wird sofort gelesen.',
  shorterLink: 'Nimm einen kürzeren Link oder erhöhe die Bitrate der niedrigsten Bildqualität.',
  chooseCode: 'Setze drop.overlay.code.link oder wähle auf dieser Seite einen anderen Code.',
  networkHelper: 'Installiere die Box neu: Ihr Netzhelfer antwortet nicht.',
  networkPrograms: 'Installiere die Pakete nftables und iproute2.',
  networkManager: 'Prüfe, ob NetworkManager installiert ist und läuft.',
  networkDevice:
    'Prüfe, ob es eingesteckt ist, sowie network.guests.device und network.crew.device in den Einstellungen.',
  networkTaken:
    'Prüfe, ob ein anderes Programm diese Karte oder Buchse benutzt. Manche WLAN-Karten können kein Netz anbieten.',
  shaperTaken:
    'Beende das Programm, das den Verkehr hier regelt, oder nimm eine andere Schnittstelle.',
  ticketKey:
    'Vergleicht die Abholbelege an der Ausgabe mit der Liste der Bestellungen: Früher gedruckte lassen sich nicht mehr prüfen. Gibt es eine Kopie von ticket-key.pem, lege sie zurück in den Ordner der Box; lösche dann ticket-key.pem.bad und starte die Box neu.',
  compareTickets:
    'Vergleiche die Zettel, die herauskamen, mit der Liste der Bestellungen, und schreib von Hand, was fehlt. Lösche danach im Ordner prints der Box die Dateien, die auf .bad enden.',
  unreadSlips:
    'Starte die Box vor dem Einlass oder nach der Show neu: Sie druckt dann die Zettel, die sie jetzt nicht lesen kann. Kann sie es immer noch nicht, vergleiche die Zettel, die herauskamen, mit der Liste der Bestellungen, schreib von Hand, was fehlt, und tausche den Systemdatenträger aus.',

  // Of checks.
  upsBoard:
    'Ein Stromausfall beendet den Drop: eine USV-Platine verwenden oder den Stecker sichern.',
  secondModem: 'Ein zweites Modem oder das Kabel des Hauses in uplink.links eintragen.',
  secondLinkAgain: 'Eine zweite Leitung in Gang bringen und noch einmal proben.',
  secondLink: 'Eine zweite Leitung in Gang bringen.',
  cablesChannels: 'Kabel und sound.channels prüfen.',
  coolingSupply: 'Kühlung und Netzteil prüfen.',
  modemAntenna: 'Modem, Antenne, SIM oder Kabel prüfen.',
  diskOrFolder: 'Diesen Datenträger prüfen oder einen anderen Ordner wählen.',
  microphoneCable: 'Dieses Mikrofon und sein Kabel prüfen.',
  microphoneGain: 'Dieses Mikrofon, sein Kabel und seine Verstärkung prüfen.',
  cdnKeeps: 'Prüfen, ob das CDN Cache-Control und Abfragen der Adressen unverändert lässt.',
  cameraCable: 'Kamera und Kabel prüfen.',
  withoutDisk: 'Den Datenträger prüfen; ohne ihn wird dort nichts aufgenommen.',
  linksReceiver: 'Leitungen und Empfänger prüfen; die Prüfungen starten.',
  linksDown: 'Die ausgefallenen Leitungen prüfen.',
  otherLinks: 'Die anderen Leitungen prüfen.',
  otherLinksDepend: 'Die anderen Leitungen prüfen: Der Stream hängt an dieser.',
  modemsCables: 'Ihre Modems und Kabel prüfen.',
  receiverPassphrase: 'Adresse, Port und Passphrase des Empfängers prüfen.',
  sameNetwork: 'viewers.address prüfen, und ob die Handys im selben Netz sind wie die Box.',
  closeIt: 'Den Deckel schließen.',
  networkTimeServer: 'Die Box mit einem Netz verbinden, das einen Zeitserver hat.',
  connectNetwork: 'Die Box mit einem Netz verbinden.',
  deleteOld: 'Alte Aufnahmen oder Clips löschen.',
  disarmAgain: '„Zurück in Ruhe“ drücken und die Prüfungen noch einmal starten.',
  letCdn:
    'Jeder entfernte Gast belastet die Leitung: Das CDN soll zwischenspeichern, was die Box dafür kennzeichnet.',
  freeSpaceDisk: 'Platz schaffen oder einen anderen Datenträger nehmen.',
  eachOwnDisk: 'Jeder Kopie einen eigenen Datenträger geben.',
  oneOwnDisk: 'Einem davon einen eigenen Datenträger geben.',
  newDropId:
    'Einem anderen Drop eine neue drop.id geben; einer, der noch einmal durchgeführt wird, geht so weiter.',
  secondRoll: 'Eine zweite Rolle bereitlegen.',
  installLibav: 'gstreamer1.0-libav installieren: Es dekodiert das Bild für Vorschaubilder.',
  losesPackets: 'Sie verliert Pakete: die Antenne verrücken oder uplink.bitrate_bps senken.',
  letCharge: 'Ihn vor dem Drop laden lassen.',
  playDuringChecks: 'Jemanden spielen lassen, während geprüft wird.',
  letPlay: 'Jemanden spielen lassen; Kabel, Verstärkung und Phantomspeisung prüfen.',
  paperAddress: 'Nach dem Papier sehen und die Adresse einmal drucken.',
  antenna5g: 'Nach der 5G-Antenne sehen oder ihr Gewicht in uplink.links erhöhen.',
  whatChanged: 'Suchen, was sich geändert hat: Ort der Antennen, viele Menschen, Metall im Weg.',
  secondDisk: 'Einen zweiten Datenträger anstecken und in recording.targets eintragen.',
  fullBattery: 'Netzstrom anschließen oder einen vollen Akku nehmen.',
  poorRadio: 'Schwacher Empfang: die Antenne ans Fenster stellen, weg von Metall.',
  putRoll: 'Eine neue Rolle einlegen.',
  raiseStock: 'Den Bestand erhöhen; ein anderer Drop bekommt eine neue drop.id.',
  latencyOrLink: 'uplink.latency_ms erhöhen oder die langsame Leitung ersetzen.',
  raiseLatency: 'uplink.latency_ms erhöhen.',
  lostInTime:
    'uplink.latency_ms erhöhen: Verlorene Pakete kommen dann rechtzeitig über die andere Leitung.',
  rehearsePlaying: 'Proben, während jemand spielt.',
  repairLine:
    'Diese Zeile berichtigen oder eine andere Farbstimmung wählen: Zuschauer sehen jetzt keine.',
  restartPrint: 'Die Box neu starten und die Adresse noch einmal drucken.',
  checksBefore: 'Die Prüfungen vor dem Drop starten.',
  checksWhileCan: 'Prüfen, wenn sie laufen kann.',
  checksNotLive: 'Prüfen, wenn nichts live ist.',
  checksCamera: 'Die Prüfungen starten: Kamera, Encoder oder Seite funktionieren nicht.',
  sharpWithout: 'venuebox doctor starten; sharp wurde ohne dieses Format gebaut.',
  ledgerVerify: 'Siehe den Hinweis; venuebox ledger verify zeigt mehr.',
  seePrinter: 'Den Drucker in Ordnung bringen, dann die Adresse drucken.',
  setFrameRate:
    'Die Kamera auf diese Bildrate stellen, oder camera.fps auf die der Kamera; wenig Licht bremst manche Kameras.',
  twoFolders: 'Zwei Ordner auf zwei Datenträgern in recording.targets eintragen.',
  shorterParts: 'Kürzere Teile (viewers.part_ms), weniger Bildstufen oder eine schnellere Box.',
  slowNetwork: 'Langsam: das Netz zwischen der Box und dieser Adresse prüfen.',
  slowRaise: 'Langsam: uplink.latency_ms erhöhen, damit der Empfänger nichts merkt.',
  stayMains: 'Am Netz bleiben.',
  stayMainsBoard: 'Am Netz bleiben; die Akkuplatine prüfen.',
  switchOnCable: 'Ihn einschalten und sein Kabel prüfen.',
  switchOnLock: 'Einschalten, damit die Kamera bei wechselndem Licht nicht nachregelt.',
  cannotKeepUp: 'Die Box kommt nicht nach: Prozessor und Temperatur ansehen.',
  runSurvey: 'Am Tag davor zur Zeit des Drops eine Stunde lang die Ortsmessung laufen lassen.',
  farGap: 'Beim Empfänger fehlte etwas: uplink.latency_ms erhöhen.',
  roomLinks: 'Im Raum kann man zusehen; die Leitungen prüfen.',
  roomNetwork: 'Im Raum kann man zusehen; ein Netz anschließen.',
  tooSlowLook: 'Zu langsam für diese Box: ein kleineres Kamerabild oder keine Farbstimmung nehmen.',
  gainPeaks: 'Die Verstärkung senken, bis Spitzen unter -6 dBFS bleiben.',
  gainLess: 'Die Verstärkung senken.',
  shorterAddress: 'Eine kürzere viewers.address oder breiteres Papier verwenden.',
  smallerPicture: 'Ein kleineres Bild oder weniger Bildstufen verwenden.',
  waitFew: 'Ein paar Sekunden warten.',
  waitArmed:
    'Nach dem Vorbereiten einige Sekunden warten; eine Kamera, die es nicht kann, wird an ihr selbst von Hand eingestellt.',
  waitSome: 'Einige Sekunden warten.',
  otherCodeLink: 'Einen anderen Link für den Code wählen.',
  calmerCorner: 'Ihn in eine ruhigere Ecke setzen oder einen kürzeren Link verwenden.',
  checklistWithPicture: 'Die Checkliste noch einmal starten, während das Bild läuft.',
  surveyLongAgo: 'Das ist lange her: die Ortsmessung zur Zeit des Drops wiederholen.',
};
