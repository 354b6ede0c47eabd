/** What a person can do about an alert, in Italian. */
import type { AdviceTexts } from './en.ts';

export const it: AdviceTexts = {
  panelAway:
    'Usa invece la pagina di regia. Controlla il cavo e panel.buttons nella configurazione.',
  lampsAway:
    'Guarda invece la pagina di regia. Controlla il cavo e panel.lamps nella configurazione.',
  pluggedIn: 'Controlla che sia collegata e accesa.',
  newRoll: 'Metti un rotolo nuovo, poi ristampa quello che mancava.',
  rollReady: 'Tieni pronto un rotolo nuovo.',
  closeCover: 'Chiudi il coperchio.',
  lookAtPrinter:
    'Guarda la stampante. Nella pagina di regia, sotto «Foglietti stampati», di’ che è stato stampato, o ristampalo.',
  clearPaper: 'Aprila, togli la carta, spegnila e riaccendila.',
  freeSystemDisk: 'Libera spazio sul disco di sistema, o sostituiscilo.',
  versionBefore: 'La versione precedente resta in funzione. Avvisa chi pubblica le versioni.',
  leaveSafeMode: 'Leggi sotto come è terminata, poi riavvia la box: così esci da questa modalità.',
  giveAir: 'Dai aria alla box e tienila lontana dal sole.',
  cooling: 'Controlla ventilazione e alimentatore; se continua, usa meno renditions.',
  strongerSupply: 'Usa un alimentatore più forte e un cavo più corto e più spesso.',
  strongerNext: 'Usa un alimentatore più forte prima del prossimo drop.',
  stopPrograms: 'Chiudi altri programmi, o abbassa viewers.window_s.',
  freeSpace: 'Libera spazio, o prendi un altro disco.',
  replaceDisk: 'Sostituiscilo prima che si rompa.',
  wifiAgain: 'Collega un telefono al Wi-Fi della box e scegli di nuovo un Wi-Fi.',
  wifiNearer: 'Avvicina la box al router di quel Wi-Fi, o scegline un altro sul Wi-Fi della box.',
  wifiPassword: 'Collega un telefono al Wi-Fi della box e inserisci di nuovo la password.',
  wifiRouter: 'Riavvia il router di quel Wi-Fi, o usa un cavo.',
  timeServer:
    'Collega la box a una rete con un server dell’ora: registrazioni e certificati ne hanno bisogno.',
  retried: 'La box continua a provare da sola.',
  staysRestart: 'Se continua, riavvia la box.',
  cameraPlugged: 'Controlla che la camera sia collegata e accesa.',
  secondCameraPlugged: 'Controlla che la seconda camera sia collegata e accesa.',
  soundPlugged: 'Controlla che la scheda audio sia collegata.',
  roomWatches: 'Il pubblico in sala può continuare a guardare.',
  phoneAgain: 'Collega di nuovo il telefono o OBS.',
  recovered: 'È ripartito da solo. Se succede ancora, salva il registro e segnalalo.',
  restarted: 'Si riavvia da solo.',
  againRestart: 'Se succede ancora, riavvia la box.',
  soundCables:
    'Controlla che la scheda audio sia collegata, poi cavi, guadagno e alimentazione phantom.',
  channelCable: 'Controlla il cavo di quel canale, o metti sound.channels a 1.',
  gainDown: 'Abbassa il guadagno finché il punto più forte resta sotto -6 dBFS.',
  otherPort: 'Chiudi l’altro programma, o imposta un altro viewers.port.',
  moreConnections: 'Alza viewers.max_connections, o metti una cache davanti alla box.',
  pinFile:
    'Indica in modems.pin_files un file con il PIN; per il PUK serve la lettera dell’operatore.',
  putPin: 'Metti il PIN della SIM in un file, e indicalo in modems.pin_files.',
  rightPin: 'Scrivi il PIN giusto in quel file (modems.pin_files); allora si riprova.',
  unlockSim: 'Sblocca la SIM in un telefono, e metti il PIN nel file di modems.pin_files.',
  othersUsed: 'L’hanno usata anche altri programmi. Aumenta i dati, o prendi un’altra SIM.',
  antenna: 'Controlla antenna, SIM e spina. modems.reset: false ferma i riavvii.',
  modemManager:
    'Controlla che ModemManager funzioni; con modems.driver at, le spine e modems.at_ports.',
  otherBox: 'Controlla che l’altra box sia accesa, la rete tra le due, e edge.upstream.',
  checkUplink: 'Controlla la rete, e uplink.host e uplink.port nella configurazione.',
  checkModems: 'Controlla modem, SIM e cavi di rete, e il ricevitore su uplink.host.',
  othersCarry: 'Gli altri collegamenti portano la diretta. Controlla il suo modem o cavo.',
  otherSim: 'Usa un’altra SIM o un’altra rete. Se fanno tutti così, la box si adatta.',
  smallerPackets: 'La box prova con pacchetti più piccoli. Se continua, usa un’altra rete.',
  raiseBudget: 'Aumenta i dati, o prendi un’altra SIM.',
  checkBroker:
    'Il drop continua, e gli eventi partono più tardi. Controlla il server MQTT e mqtt.url.',
  freeState: 'Il drop continua. Libera spazio sul disco dello stato, o sostituiscilo.',
  waitOnDisk:
    'Aspettano sul disco. Permetti alla box di pubblicare in venuebox/v1/<box>/# sul server.',
  letPublish: 'Permetti alla box di pubblicare in venuebox/v1/<box>/# sul server.',
  bringBack: 'Ripristina il server MQTT, controlla il disco dello stato, o alza mqtt.spool_mb.',
  sellByHand:
    'Vendi a mano e annota ogni vendita. Dopo il drop, copia la cartella «orders» dello stato della box su un altro disco: non si perde nulla. Per ricominciare, vedi daemon/orders/README.md.',
  freeOrders: 'Libera spazio sul disco della box, o sostituiscilo. Poi si potrà riprovare.',
  exportOrders: 'Esporta gli ordini, sposta la cartella «orders», e imposta un altro drop.id.',
  giveBack: 'Restituisci i soldi dal tuo servizio di pagamento, poi annulla qui l’ordine.',
  plugInLater: 'Collega la corrente appena puoi.',
  plugIn: 'Collega la corrente.',
  plugInNow: 'Collega subito la corrente; altrimenti la box chiude il drop e si spegne.',
  stayOnMains:
    'Resta a rete. Controlla la scheda della batteria, e power.board nella configurazione.',
  cutPower: 'Non si sta registrando nulla: si può togliere la corrente.',
  othersGoOn: 'Le altre registrazioni continuano.',
  freeGoesOn: 'Libera spazio o prendi un altro disco: riprende da solo.',
  writeProtection: 'Controlla la protezione; una scheda usurata si blocca da sola.',
  plugAgain: 'Ricollegalo: viene riparato e riprende da solo.',
  checkPlug: 'Controlla la spina, o prendi un altro disco.',
  checkDisk: 'Controlla quel disco.',
  newFile: 'Continua in un nuovo file. Se succede ancora, controlla quel disco.',
  tooSlow: 'Il disco è troppo lento o quasi rotto; prendine un altro.',
  secondCopy: 'Una seconda copia serve per il giorno in cui un disco si rompe: dalle un disco suo.',
  destinationOthers:
    'Tutte le altre ricevono la diretta. Controlla uplink.destinations e la diretta presso quel servizio.',
  destinationAlone: 'Controlla la rete, e uplink.destinations nella configurazione.',
  repairLook:
    'Correggi quella riga del file, o scegli un altro look. Il pubblico vede i colori della camera.',
  renewCertificate:
    'Il drop va avanti. Controlla la data della box, altrimenti rinnova il certificato.',
  ownName:
    'I comandi arrivano all’una o all’altra. Dai a ogni box il suo box.name nella configurazione.',
  largerPackets:
    'Aumenta il pacchetto più grande che il broker accetta (mosquitto: max_packet_size).',
  checkBackfill: 'Si riprova da solo. Controlla uplink.backfill e l’archivio del relay.',
  letGo: 'Lascialo.',
  stuckCable:
    'Se nessuno lo preme, guarda il cavo; uno che si apre quando è premuto vuole l’altro active_low in panel.buttons.',
  lookThroughSettings: 'Apri le impostazioni, guardale e applica ciò che manca.',
  correctDrop:
    'Correggi la riga in drops.yaml, o aggiungi il drop nella pagina di regia. Gli altri restano.',
  shopSecret:
    'Gli ordini pagati del negozio web non arrivano. Metti il segreto di firma nel file, leggibile solo dalla box; viene letto subito.',
  shorterLink: 'Usa un link più corto, o alza il bitrate della qualità più bassa.',
  chooseCode: 'Imposta drop.overlay.code, o scegli un altro codice in questa pagina.',
  networkHelper: 'Reinstalla la box: il suo aiutante di rete non risponde.',
  networkPrograms: 'Installa i pacchetti nftables e iproute2.',
  networkManager: 'Controlla che NetworkManager sia installato e in funzione.',
  networkDevice:
    'Controlla che sia collegato, e network.guests e network.crew nella configurazione.',
  networkTaken:
    'Controlla che nessun altro programma usi questa scheda o porta. Alcune schede Wi-Fi non possono offrire una rete.',
  shaperTaken: 'Chiudi il programma che regola questa interfaccia, o usane un’altra.',
  compareTickets:
    'Confronta i foglietti usciti con l’elenco degli ordini, e scrivi a mano ciò che manca. Poi elimina dalla cartella prints della box i file che finiscono con .bad.',
};
