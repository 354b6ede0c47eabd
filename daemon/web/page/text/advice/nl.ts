/** What a person can do about an alert, in Dutch. */
import type { AdviceTexts } from './en.ts';

export const nl: AdviceTexts = {
  panelAway:
    'Gebruik in plaats daarvan de regiepagina. Kijk de kabel na, en ‘Knoppen en lampjes’ in de instellingen.',
  lampsAway:
    'Kijk in plaats daarvan op de regiepagina. Kijk de kabel na, en ‘Knoppen en lampjes’ in de instellingen.',
  pluggedIn: 'Kijk of hij is aangesloten en aanstaat.',
  newRoll: 'Leg er een nieuwe rol in en print opnieuw wat mislukte.',
  rollReady: 'Houd een nieuwe rol klaar.',
  closeCover: 'Doe de klep dicht.',
  lookAtPrinter:
    'Kijk bij de printer. Zeg op de regiepagina onder ‘Geprinte bonnen’ dat hij is geprint, of print hem opnieuw.',
  unblockSlips:
    'Zorg dat de printer print. Zeg op de regiepagina onder ‘Geprinte bonnen’ van elke twijfelachtige bon of hij is geprint. Tik op ‘Niet printen’ bij bonnen die niemand nodig heeft.',
  moreSlips:
    'De box print niet meer bonnen per uur dan de instellingen toestaan. Verhoog daar ‘Bonnen per uur’ voor meer.',
  noOrderLost: 'Geen bestelling gaat verloren: de bonnen worden later vanzelf geprint.',
  clearPaper: 'Open hem, haal het papier weg, en zet hem uit en aan.',
  freeSystemDisk: 'Maak ruimte op de systeemschijf, of vervang hem.',
  versionBefore: 'De vorige versie draait verder. Meld het aan wie de versies uitbrengt.',
  leaveSafeMode:
    'Lees hieronder waarmee hij stopte en herstart dan de box: dat beëindigt deze modus.',
  giveAir: 'Geef de box lucht en zet hem uit de zon.',
  cooling: 'Kijk koeling en voeding na; blijft het zo, gebruik dan minder renditions.',
  strongerSupply: 'Gebruik een sterkere voeding en een kortere, dikkere kabel.',
  strongerNext: 'Gebruik vóór de volgende drop een sterkere voeding.',
  stopPrograms: 'Stop andere programma’s, of verlaag viewers.window_s.',
  freeSpace: 'Maak ruimte, of neem een andere schijf.',
  replaceDisk: 'Vervang hem voordat hij het begeeft.',
  wifiAgain:
    'Verbind een telefoon met het eigen wifi-netwerk van de box en kies opnieuw een netwerk.',
  wifiNearer:
    'Zet de box dichter bij de router van dat netwerk, of kies een ander op het eigen wifi-netwerk van de box.',
  wifiPassword:
    'Verbind een telefoon met het eigen wifi-netwerk van de box en voer het wachtwoord opnieuw in.',
  wifiRouter: 'Herstart de router van dat netwerk, of neem een kabel.',
  timeServer:
    'Verbind de box met een netwerk met tijdserver: opnames en certificaten hebben de tijd nodig.',
  retried: 'De box blijft het zelf proberen.',
  staysRestart: 'Blijft het zo, herstart dan de box.',
  cameraPlugged: 'Kijk of de camera is aangesloten en aanstaat.',
  secondCameraPlugged: 'Kijk of de tweede camera is aangesloten en aanstaat.',
  soundPlugged: 'Kijk of de geluidskaart is aangesloten.',
  roomWatches: 'Gasten in de zaal kunnen blijven kijken.',
  phoneAgain: 'Verbind de telefoon of OBS opnieuw.',
  networkCamera:
    'Kijk of de netwerkcamera aanstaat, en in de instellingen naar het adres en de inloggegevens.',
  networkSound: 'Zet het geluid van de netwerkcamera aan in de instellingen van de camera.',
  phoneSound: 'Geef de telefoon of OBS toegang tot de microfoon en verbind opnieuw.',
  recovered:
    'Het is vanzelf hersteld. Gebeurt het weer, sla dan een hulpbestand op (onderdeel Hulp) en stuur het naar je support.',
  restarted: 'Het herstart vanzelf.',
  againRestart: 'Gebeurt het weer, herstart dan de box.',
  soundCables: 'Kijk of de geluidskaart is aangesloten, en dan kabels, gain en fantoomvoeding.',
  channelCable: 'Kijk de kabel van dat kanaal na, of zet sound.channels op 1.',
  gainDown: 'Draai de gain terug tot het luidste stuk onder -6 dBFS blijft.',
  otherPort: 'Stop het andere programma, of stel bij viewers.port een andere in.',
  moreConnections: 'Verhoog viewers.max_connections, of zet een cache voor de box.',
  pinFile:
    'Noem in modems.pin_files een bestand met de pincode; de pukcode staat in de brief van de provider.',
  putPin: 'Zet de pincode van de simkaart in een bestand, en noem dat in modems.pin_files.',
  rightPin:
    'Zet de juiste pincode in dat bestand (modems.pin_files); dan wordt het opnieuw geprobeerd.',
  unlockSim:
    'Ontgrendel de simkaart in een telefoon, en zet haar pincode in het bestand van modems.pin_files.',
  othersUsed:
    'Andere programma’s gebruikten haar ook. Verhoog het budget, of neem een andere simkaart.',
  antenna:
    'Kijk antenne, simkaart en stekker na. De herstarts stoppen als je modems.reset uitzet in de instellingen.',
  modemManager: 'Kijk of ModemManager draait; met modems.at_ports die poorten en de stekkers.',
  otherBox: 'Kijk of de andere box draait, het netwerk ertussen, en edge.upstream.',
  checkUplink: 'Kijk het netwerk na, en adres en poort van de ontvanger in de instellingen.',
  checkModems: 'Kijk modems, simkaarten, netwerkkabels en de ontvanger na.',
  othersCarry: 'De andere lijnen dragen de stream. Kijk het modem of de kabel na.',
  otherSim:
    'Neem daarvoor een andere simkaart of een ander netwerk. Doen alle lijnen zo, dan past de box zich aan.',
  smallerPackets: 'De box probeert kleinere pakketten. Blijft het zo, neem dan een ander netwerk.',
  raiseBudget: 'Verhoog het databudget, of neem een andere simkaart.',
  checkBroker:
    'De drop gaat door, en gebeurtenissen gaan later. Kijk de MQTT-server na, en mqtt.url.',
  freeState: 'De drop gaat door. Maak ruimte op de schijf met de toestand, of vervang hem.',
  waitOnDisk:
    'Ze wachten op de schijf. Laat de box op de server publiceren naar venuebox/v1/<box>/#.',
  letPublish:
    'Laat de box op de server publiceren naar venuebox/v1/<box>/# en zich erop abonneren.',
  bringBack:
    'Breng de MQTT-server terug, kijk de schijf met de toestand na, of verhoog mqtt.spool_mb.',
  sellByHand:
    'Verkoop met de hand en schrijf elke verkoop op. Kopieer na de drop de map ‘orders’ uit de toestand van de box naar een andere schijf: er is niets van verloren. Vraag support hoe je een nieuwe lijst begint.',
  installNewer: 'Installeer de nieuwere versie opnieuw: er is geen bestelling verloren.',
  freeOrders:
    'Maak ruimte op de schijf van de box, of vervang hem. Dan kunnen kopers het opnieuw proberen.',
  exportOrders:
    'Exporteer de bestellingen, zet de map ‘orders’ weg, en stel een andere drop.id in.',
  unmatchedFull:
    'Sla de lijst met bestellingen op als tabel en bekijk die. Tik dan onder die lijst op ‘Betalingen zonder artikel afhandelen’: de tabel bewaart ze. Tot dan noteert de box geen verdere: zoek die op bij je betaaldienst. Laat je winkel alleen sturen wat hier wordt verkocht.',
  giveBack: 'Betaal het geld terug bij je betaaldienst, en annuleer dan hier de bestelling.',
  correctItem:
    'Verbeter het artikel in je winkel voor de volgende kopers. Om deze betaling aan te nemen, voeg je het artikel toe aan de catalogus onder de naam die je winkel stuurde: ze wordt aangenomen als ze opnieuw komt. Of betaal het geld terug bij je betaaldienst, en annuleer dan hier de bestelling.',
  giveOtherBack:
    'Je winkel heeft het nummer van een bestelling twee keer gebruikt. Betaal deze andere betaling terug bij je betaaldienst, en tik er dan in de lijst met bestellingen naast op “Geld is terug”. De bestelling zelf blijft.',
  plugInLater: 'Sluit netstroom aan als dat kan.',
  plugIn: 'Sluit netstroom aan.',
  plugInNow: 'Sluit nu netstroom aan; anders stopt de box de drop en gaat hij uit.',
  stayOnMains: 'Blijf op netstroom. Kijk de accuprint na, en power.board in de instellingen.',
  cutPower: 'Er wordt niets opgenomen: de stroom mag eraf.',
  othersGoOn: 'De andere opnames gaan door.',
  freeGoesOn: 'Maak ruimte of neem een andere schijf: het gaat vanzelf verder.',
  saveOthers: 'Bewaar die en verwijder ze, of neem een andere schijf: het gaat vanzelf verder.',
  writeProtection: 'Kijk de beveiliging na; een versleten kaart vergrendelt zichzelf.',
  plugAgain: 'Sluit hem weer aan: hij wordt hersteld en het gaat vanzelf verder.',
  checkPlug: 'Kijk de stekker na, of neem een andere schijf.',
  checkDisk: 'Kijk die schijf na.',
  newFile: 'Het gaat verder in een nieuw bestand. Gebeurt het weer, kijk dan die schijf na.',
  tooSlow: 'De schijf is te langzaam of bijna stuk; neem een andere.',
  secondCopy:
    'Gaat deze schijf stuk, dan zijn beide kopieën weg: neem de tweede op een andere schijf op.',
  destinationOthers:
    'Alle andere krijgen de stream. Kijk uplink.destinations na, en de stream bij die dienst.',
  destinationAlone: 'Kijk het netwerk na, en uplink.destinations in de instellingen.',
  repairLook:
    'Verbeter die regel van het bestand, of kies een andere kleursfeer. Kijkers zien de kleuren van de camera.',
  renewCertificate:
    'De drop gaat door. Controleer de datum van de box, vernieuw anders het certificaat.',
  ownName:
    'Opdrachten komen bij een van beide aan. Geef elke box een eigen naam in haar instellingen.',
  largerPackets: 'Verhoog het grootste pakket dat de broker aanneemt (mosquitto: max_packet_size).',
  checkBackfill:
    'Het wordt vanzelf opnieuw geprobeerd. Controleer uplink.backfill en de opslag van de relay.',
  letGo: 'Laat hem los en raak hem een halve minuut niet aan.',
  stuckCable:
    'Drukt niemand erop, kijk dan naar zijn kabel. Opent hij bij indrukken, verander dan ‘Actief laag’ in de instellingen, onder ‘Knoppen en lampjes’.',
  certificateNew:
    'Haal een nieuw en upload het in de instellingen onder ‘Certificaat voor HTTPS’: browsers weigeren een verlopen certificaat.',
  lookThroughSettings: 'Open de instellingen, loop ze door en pas toe wat ontbreekt.',
  correctDrop:
    'Verbeter de regel in drops.yaml, of voeg de drop toe op de regiepagina. De andere blijven.',
  shopSecret:
    'Betaalde bestellingen van de webwinkel komen niet aan. Zet het ondertekeningsgeheim in het bestand, alleen leesbaar voor de box; het wordt meteen gelezen.',
  shorterLink: 'Neem een kortere link, of verhoog de bitrate van de laagste kwaliteit.',
  chooseCode: 'Stel drop.overlay.code.link in, of kies op deze pagina een andere code.',
  networkHelper: 'Installeer de box opnieuw: zijn netwerkhulp antwoordt niet.',
  networkPrograms: 'Installeer de pakketten nftables en iproute2.',
  networkManager: 'Controleer of NetworkManager geïnstalleerd is en draait.',
  networkDevice:
    'Controleer of het is aangesloten, en network.guests.device en network.crew.device in de instellingen.',
  networkTaken:
    'Controleer of een ander programma deze kaart of poort gebruikt. Sommige wifikaarten kunnen geen netwerk aanbieden.',
  shaperTaken: 'Beëindig het programma dat deze interface regelt, of gebruik een andere.',
  ticketKey:
    'Vergelijk de afhaalbonnen bij de uitgifte met de lijst van bestellingen: die eerder zijn geprint zijn niet meer te controleren. Is er een kopie van ticket-key.pem, zet die terug in de map van de box; verwijder dan ticket-key.pem.bad en start de box opnieuw.',
  compareTickets:
    'Vergelijk de bonnen die eruit kwamen met de lijst van bestellingen, en schrijf met de hand wat ontbreekt. Verwijder daarna in de map prints van de box de bestanden die op .bad eindigen.',
  unreadSlips:
    'Start de box opnieuw, voordat de deuren opengaan of na de show: hij print dan de bonnen die hij nu niet kan lezen. Kan hij dat nog steeds niet, vergelijk dan de bonnen die eruit kwamen met de lijst van bestellingen, schrijf met de hand wat ontbreekt en vervang de systeemschijf.',

  // Of checks.
  upsBoard: 'Een stroomstoring beëindigt de drop: gebruik een UPS-print, of zet de stekker vast.',
  secondModem: 'Voeg een tweede modem, of de kabel van de zaak, toe aan uplink.links.',
  secondLinkAgain: 'Breng een tweede verbinding op gang en oefen opnieuw.',
  secondLink: 'Breng een tweede verbinding op gang.',
  cablesChannels: 'Controleer kabels en sound.channels.',
  coolingSupply: 'Controleer koeling en voeding.',
  modemAntenna: 'Controleer modem, antenne, sim of kabel.',
  diskOrFolder: 'Controleer die schijf, of kies een andere map.',
  microphoneCable: 'Controleer die microfoon en zijn kabel.',
  microphoneGain: 'Controleer die microfoon, zijn kabel en zijn versterking.',
  cdnKeeps: 'Controleer of het CDN Cache-Control en de parameters van adressen laat zoals ze zijn.',
  cameraCable: 'Controleer de camera en de kabel.',
  withoutDisk: 'Controleer de schijf; zonder wordt daar niets opgenomen.',
  linksReceiver: 'Controleer de verbindingen en de ontvanger; start de controles.',
  linksDown: 'Controleer de verbindingen die uitgevallen zijn.',
  otherLinks: 'Controleer de andere verbindingen.',
  otherLinksDepend: 'Controleer de andere verbindingen: de stream hangt aan deze.',
  modemsCables: 'Controleer hun modems en kabels.',
  receiverPassphrase: 'Controleer adres, poort en wachtwoord van de ontvanger.',
  sameNetwork:
    'Controleer viewers.address, en of telefoons in hetzelfde netwerk zitten als de box.',
  closeIt: 'Sluit hem.',
  networkTimeServer: 'Verbind de box met een netwerk met een tijdserver.',
  connectNetwork: 'Verbind de box met een netwerk.',
  deleteOld: 'Verwijder oude opnamen of clips.',
  disarmAgain: 'Druk op ‘Terug in rust’ en start de controles opnieuw.',
  letCdn:
    'Elke gast op afstand gebruikt de uplink: laat het CDN bewaren wat de box daarvoor aanmerkt.',
  freeSpaceDisk: 'Maak ruimte vrij, of neem een andere schijf.',
  eachOwnDisk: 'Geef elke kopie een eigen schijf.',
  oneOwnDisk: 'Geef een ervan een eigen schijf.',
  newDropId:
    'Geef een andere drop een nieuwe drop.id; een die nog een keer wordt gehouden gaat zo verder.',
  secondRoll: 'Houd een tweede rol bij de hand.',
  installLibav: 'Installeer gstreamer1.0-libav: dat decodeert het beeld voor voorbeeldbeelden.',
  losesPackets: 'Hij verliest pakketten: verplaats de antenne, of verlaag uplink.bitrate_bps.',
  letCharge: 'Laat hem opladen vóór de drop.',
  playDuringChecks: 'Laat iemand spelen tijdens de controles.',
  letPlay: 'Laat iemand spelen, en controleer kabels, versterking en fantoomvoeding.',
  paperAddress: 'Kijk naar het papier, en druk het adres één keer af.',
  antenna5g: 'Kijk naar de 5G-antenne, of verhoog haar gewicht in uplink.links.',
  whatChanged: 'Zoek wat er veranderd is: plek van de antennes, drukte, metaal in de weg.',
  secondDisk: 'Sluit een tweede schijf aan en voeg die toe aan recording.targets.',
  fullBattery: 'Sluit netstroom aan, of neem een volle accu.',
  poorRadio: 'Zwak signaal: zet de antenne bij een raam, weg van metaal.',
  putRoll: 'Doe er een nieuwe rol in.',
  raiseStock: 'Verhoog de voorraad; een andere drop krijgt een nieuwe drop.id.',
  latencyOrLink: 'Verhoog uplink.latency_ms, of vervang de trage verbinding.',
  raiseLatency: 'Verhoog uplink.latency_ms.',
  lostInTime:
    'Verhoog uplink.latency_ms: verloren pakketten komen dan op tijd via de andere verbinding.',
  rehearsePlaying: 'Oefen terwijl iemand speelt.',
  repairLine: 'Herstel die regel, of kies een andere kleursfeer: kijkers krijgen er nu geen.',
  restartPrint: 'Herstart de box en druk het adres opnieuw af.',
  checksBefore: 'Start de controles vóór de drop.',
  checksWhileCan: 'Start de controles als hij kan lopen.',
  checksNotLive: 'Start de controles als er niets live is.',
  checksCamera: 'Start de controles: camera, encoder of pagina werkt niet.',
  sharpWithout: 'Start venuebox doctor; sharp is zonder dat formaat gebouwd.',
  ledgerVerify: 'Zie de melding; venuebox ledger verify toont meer.',
  seePrinter: 'Maak de printer in orde en druk dan het adres af.',
  setFrameRate:
    'Zet de camera op deze beeldsnelheid, of camera.fps op die van de camera; weinig licht vertraagt sommige camera’s.',
  twoFolders: 'Zet twee mappen op twee schijven in recording.targets.',
  shorterParts: 'Kortere delen (viewers.part_ms), minder kwaliteiten, of een snellere machine.',
  slowNetwork: 'Traag: controleer het netwerk tussen de box en dit adres.',
  slowRaise: 'Traag: verhoog uplink.latency_ms, zodat de ontvanger niets merkt.',
  stayMains: 'Blijf op netstroom.',
  stayMainsBoard: 'Blijf op netstroom; controleer de accuprint.',
  switchOnCable: 'Zet hem aan en controleer de kabel.',
  switchOnLock: 'Zet het aan, zodat de camera niet bijregelt als het licht verandert.',
  cannotKeepUp: 'De box kan het niet bijhouden: kijk naar processor en temperatuur.',
  runSurvey: 'Laat de dag ervoor de meting een uur lopen, op de tijd van de drop.',
  farGap: 'De ontvanger miste iets: verhoog uplink.latency_ms.',
  roomLinks: 'In de zaal kan men kijken; controleer de verbindingen.',
  roomNetwork: 'In de zaal kan men kijken; sluit een netwerk aan.',
  tooSlowLook: 'Te traag voor deze machine: gebruik een kleiner camerabeeld, of geen kleursfeer.',
  gainPeaks: 'Draai de versterking terug tot pieken onder -6 dBFS blijven.',
  gainLess: 'Draai de versterking terug.',
  shorterAddress: 'Gebruik een korter viewers.address, of breder papier.',
  smallerPicture: 'Gebruik een kleiner beeld of minder kwaliteiten.',
  waitFew: 'Wacht een paar seconden.',
  waitArmed:
    'Wacht enkele seconden na het klaarzetten; een camera die het niet kan, stel je met de hand op de camera in.',
  waitSome: 'Wacht enkele seconden.',
  otherCodeLink: 'Kies een andere link voor de code.',
  calmerCorner: 'Zet hem in een rustigere hoek, of gebruik een kortere link.',
  checklistWithPicture: 'Loop de checklist opnieuw door terwijl er beeld is.',
  surveyLongAgo: 'Dat is lang geleden: doe de meting opnieuw, op de tijd van de drop.',
};
