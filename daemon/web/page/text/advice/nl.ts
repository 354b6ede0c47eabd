/** What a person can do about an alert, in Dutch. */
import type { AdviceTexts } from './en.ts';

export const nl: AdviceTexts = {
  panelAway:
    'Gebruik in plaats daarvan de regiepagina. Kijk de kabel na, en panel.buttons in de configuratie.',
  lampsAway:
    'Kijk in plaats daarvan op de regiepagina. Kijk de kabel na, en panel.lamps in de configuratie.',
  pluggedIn: 'Kijk of hij is aangesloten en aanstaat.',
  newRoll: 'Leg er een nieuwe rol in en print opnieuw wat mislukte.',
  rollReady: 'Houd een nieuwe rol klaar.',
  closeCover: 'Doe de klep dicht.',
  lookAtPrinter:
    'Kijk bij de printer. Zeg op de regiepagina onder ‘Geprinte bonnen’ dat hij is geprint, of print hem opnieuw.',
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
  recovered: 'Het is vanzelf hersteld. Gebeurt het weer, bewaar dan het journaal en meld het.',
  restarted: 'Het herstart vanzelf.',
  againRestart: 'Gebeurt het weer, herstart dan de box.',
  soundCables: 'Kijk of de geluidskaart is aangesloten, en dan kabels, gain en fantoomvoeding.',
  channelCable: 'Kijk de kabel van dat kanaal na, of zet sound.channels op 1.',
  gainDown: 'Draai de gain terug tot het luidste stuk onder -6 dBFS blijft.',
  otherPort: 'Stop het andere programma, of stel een andere viewers.port in.',
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
  antenna: 'Kijk antenne, simkaart en stekker na. modems.reset: false stopt de herstarts.',
  modemManager: 'Kijk of ModemManager draait; met modems.driver at de stekkers en modems.at_ports.',
  otherBox: 'Kijk of de andere box draait, het netwerk ertussen, en edge.upstream.',
  checkUplink: 'Kijk het netwerk na, en uplink.host en uplink.port in de configuratie.',
  checkModems: 'Kijk modems, simkaarten en netwerkkabels na, en de ontvanger op uplink.host.',
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
  letPublish: 'Laat de box op de server publiceren naar venuebox/v1/<box>/#.',
  bringBack:
    'Breng de MQTT-server terug, kijk de schijf met de toestand na, of verhoog mqtt.spool_mb.',
  sellByHand:
    'Verkoop met de hand en schrijf elke verkoop op. Kopieer na de drop de map ‘orders’ uit de toestand van de box naar een andere schijf: er is niets van verloren. Hoe je opnieuw begint, staat in daemon/orders/README.md.',
  freeOrders:
    'Maak ruimte op de schijf van de box, of vervang hem. Dan kunnen kopers het opnieuw proberen.',
  exportOrders:
    'Exporteer de bestellingen, zet de map ‘orders’ weg, en stel een andere drop.id in.',
  giveBack: 'Betaal het geld terug bij je betaaldienst, en annuleer dan hier de bestelling.',
  plugInLater: 'Sluit netstroom aan als dat kan.',
  plugIn: 'Sluit netstroom aan.',
  plugInNow: 'Sluit nu netstroom aan; anders stopt de box de drop en gaat hij uit.',
  stayOnMains: 'Blijf op netstroom. Kijk de accuprint na, en power.board in de configuratie.',
  cutPower: 'Er wordt niets opgenomen: de stroom mag eraf.',
  othersGoOn: 'De andere opnames gaan door.',
  freeGoesOn: 'Maak ruimte of neem een andere schijf: het gaat vanzelf verder.',
  writeProtection: 'Kijk de beveiliging na; een versleten kaart vergrendelt zichzelf.',
  plugAgain: 'Sluit hem weer aan: hij wordt hersteld en het gaat vanzelf verder.',
  checkPlug: 'Kijk de stekker na, of neem een andere schijf.',
  checkDisk: 'Kijk die schijf na.',
  newFile: 'Het gaat verder in een nieuw bestand. Gebeurt het weer, kijk dan die schijf na.',
  tooSlow: 'De schijf is te langzaam of bijna stuk; neem een andere.',
  secondCopy:
    'Een tweede kopie is voor de dag dat een schijf het begeeft: geef hem een eigen schijf.',
  destinationOthers:
    'Alle andere krijgen de stream. Kijk uplink.destinations na, en de stream bij die dienst.',
  destinationAlone: 'Kijk het netwerk na, en uplink.destinations in de configuratie.',
  repairLook:
    'Verbeter die regel van het bestand, of kies een andere look. Kijkers zien de kleuren van de camera.',
  renewCertificate:
    'De drop gaat door. Controleer de datum van de box, vernieuw anders het certificaat.',
  ownName:
    'Opdrachten komen bij een van beide aan. Geef elke box een eigen box.name in haar configuratie.',
  largerPackets: 'Verhoog het grootste pakket dat de broker aanneemt (mosquitto: max_packet_size).',
  checkBackfill:
    'Het wordt vanzelf opnieuw geprobeerd. Controleer uplink.backfill en de opslag van de relay.',
  letGo: 'Laat hem los.',
  stuckCable:
    'Drukt niemand erop, kijk dan naar zijn kabel; een knop die opent bij indrukken heeft de andere active_low in panel.buttons nodig.',
  lookThroughSettings: 'Open de instellingen, loop ze door en pas toe wat ontbreekt.',
  correctDrop:
    'Verbeter de regel in drops.yaml, of voeg de drop toe op de regiepagina. De andere blijven.',
  shopSecret:
    'Betaalde bestellingen van de webwinkel komen niet aan. Zet het ondertekeningsgeheim in het bestand, alleen leesbaar voor de box; het wordt meteen gelezen.',
  shorterLink: 'Neem een kortere link, of verhoog de bitrate van de laagste kwaliteit.',
  chooseCode: 'Stel drop.overlay.code in, of kies op deze pagina een andere code.',
  networkHelper: 'Installeer de box opnieuw: zijn netwerkhulp antwoordt niet.',
  networkPrograms: 'Installeer de pakketten nftables en iproute2.',
  networkManager: 'Controleer of NetworkManager geïnstalleerd is en draait.',
  networkDevice:
    'Controleer of het is aangesloten, en network.guests en network.crew in de configuratie.',
  networkTaken:
    'Controleer of een ander programma deze kaart of poort gebruikt. Sommige wifikaarten kunnen geen netwerk aanbieden.',
  shaperTaken: 'Beëindig het programma dat deze interface regelt, of gebruik een andere.',
  compareTickets:
    'Vergelijk de bonnen die eruit kwamen met de lijst van bestellingen, en schrijf met de hand wat ontbreekt. Verwijder daarna in de map prints van de box de bestanden die op .bad eindigen.',
};
