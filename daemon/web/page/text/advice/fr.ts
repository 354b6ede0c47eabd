/** What a person can do about an alert, in French. */
import type { AdviceTexts } from './en.ts';

export const fr: AdviceTexts = {
  panelAway:
    'Utilisez plutôt la page de régie. Vérifiez le câble et panel.buttons dans la configuration.',
  lampsAway:
    'Regardez plutôt la page de régie. Vérifiez le câble et panel.lamps dans la configuration.',
  pluggedIn: 'Vérifiez qu’elle est branchée et allumée.',
  newRoll: 'Mettez un nouveau rouleau, puis réimprimez ce qui a échoué.',
  rollReady: 'Gardez un nouveau rouleau sous la main.',
  closeCover: 'Fermez le capot.',
  lookAtPrinter:
    'Regardez l’imprimante. Sur la page de régie, sous « Tickets imprimés », dites qu’il est imprimé ou réimprimez-le.',
  clearPaper: 'Ouvrez-la, retirez le papier, éteignez-la puis rallumez-la.',
  freeSystemDisk: 'Libérez de la place sur le disque système, ou remplacez-le.',
  versionBefore: 'La version précédente continue. Signalez-le à qui publie les versions.',
  leaveSafeMode:
    'Lisez ci-dessous ce qui l’a arrêtée, puis redémarrez la box : cela quitte ce mode.',
  giveAir: 'Donnez de l’air à la box et mettez-la à l’ombre.',
  cooling: 'Vérifiez l’aération et l’alimentation ; si cela dure, réduisez les renditions.',
  strongerSupply: 'Prenez une alimentation plus forte et un câble plus court et plus épais.',
  strongerNext: 'Prenez une alimentation plus forte avant le prochain drop.',
  stopPrograms: 'Arrêtez d’autres programmes, ou baissez viewers.window_s.',
  freeSpace: 'Libérez de la place, ou prenez un autre disque.',
  replaceDisk: 'Remplacez-le avant qu’il ne lâche.',
  wifiAgain: 'Connectez un téléphone au Wi-Fi de la box et choisissez de nouveau un Wi-Fi.',
  wifiNearer:
    'Rapprochez la box du routeur de ce Wi-Fi, ou choisissez-en un autre sur le Wi-Fi de la box.',
  wifiPassword:
    'Connectez un téléphone au Wi-Fi de la box et saisissez de nouveau le mot de passe.',
  wifiRouter: 'Redémarrez le routeur de ce Wi-Fi, ou prenez un câble.',
  timeServer:
    'Reliez la box à un réseau avec un serveur de temps : les enregistrements et les certificats ont besoin de l’heure.',
  retried: 'La box réessaie toute seule.',
  staysRestart: 'Si cela dure, redémarrez la box.',
  cameraPlugged: 'Vérifiez que la caméra est branchée et allumée.',
  secondCameraPlugged: 'Vérifiez que la seconde caméra est branchée et allumée.',
  soundPlugged: 'Vérifiez que la carte son est branchée.',
  roomWatches: 'Le public dans la salle peut continuer à regarder.',
  phoneAgain: 'Reconnectez le téléphone ou OBS.',
  recovered: 'C’est reparti tout seul. Si cela se reproduit, gardez le journal et signalez-le.',
  restarted: 'Cela redémarre tout seul.',
  againRestart: 'Si cela se reproduit, redémarrez la box.',
  soundCables:
    'Vérifiez que la carte son est branchée, puis les câbles, le gain et l’alimentation fantôme.',
  channelCable: 'Vérifiez le câble de ce canal, ou mettez sound.channels à 1.',
  gainDown: 'Baissez le gain jusqu’à ce que le passage le plus fort reste sous -6 dBFS.',
  otherPort: 'Arrêtez l’autre programme, ou réglez un autre viewers.port.',
  moreConnections: 'Augmentez viewers.max_connections, ou placez un cache devant la box.',
  pinFile:
    'Indiquez dans modems.pin_files un fichier avec son code PIN ; le code PUK est dans la lettre de l’opérateur.',
  putPin:
    'Mettez le code PIN de la carte SIM dans un fichier, et indiquez-le dans modems.pin_files.',
  rightPin: 'Écrivez le bon code PIN dans ce fichier (modems.pin_files) ; il sera alors réessayé.',
  unlockSim:
    'Débloquez la carte SIM dans un téléphone, et mettez son code PIN dans le fichier de modems.pin_files.',
  othersUsed:
    'D’autres programmes l’ont utilisée aussi. Augmentez son forfait, ou prenez une autre carte SIM.',
  antenna:
    'Vérifiez son antenne, sa carte SIM et sa prise. modems.reset: false arrête les redémarrages.',
  modemManager:
    'Vérifiez que ModemManager tourne ; avec modems.driver at, les prises et modems.at_ports.',
  otherBox: 'Vérifiez que l’autre box est en marche, le réseau entre les deux, et edge.upstream.',
  checkUplink: 'Vérifiez le réseau, et uplink.host et uplink.port dans la configuration.',
  checkModems:
    'Vérifiez les modems, les cartes SIM, les câbles réseau, et le récepteur à uplink.host.',
  othersCarry: 'Les autres liaisons portent le direct. Vérifiez son modem ou son câble.',
  otherSim:
    'Prenez une autre carte SIM ou un autre réseau. Si toutes les liaisons font ainsi, la box s’adapte.',
  smallerPackets: 'La box essaie de plus petits paquets. Si cela dure, prenez un autre réseau.',
  raiseBudget: 'Augmentez son forfait, ou prenez une autre carte SIM.',
  checkBroker:
    'Le drop continue, et les événements partiront plus tard. Vérifiez le serveur MQTT et mqtt.url.',
  freeState: 'Le drop continue. Libérez de la place sur le disque de l’état, ou remplacez-le.',
  waitOnDisk:
    'Ils attendent sur le disque. Autorisez la box à publier dans venuebox/v1/<box>/# sur le serveur.',
  letPublish: 'Autorisez la box à publier dans venuebox/v1/<box>/# sur le serveur.',
  bringBack:
    'Rétablissez le serveur MQTT, vérifiez le disque de l’état, ou augmentez mqtt.spool_mb.',
  sellByHand:
    'Vendez à la main et notez chaque vente. Après le drop, copiez le dossier « orders » de l’état de la box sur un autre disque : rien n’en est perdu. Pour recommencer, voyez daemon/orders/README.md.',
  freeOrders:
    'Libérez de la place sur le disque de la box, ou remplacez-le. Les acheteurs pourront alors réessayer.',
  exportOrders:
    'Exportez les commandes, déplacez le dossier « orders », et réglez un autre drop.id.',
  giveBack: 'Remboursez auprès de votre service de paiement, puis annulez la commande ici.',
  plugInLater: 'Branchez le secteur dès que possible.',
  plugIn: 'Branchez le secteur.',
  plugInNow: 'Branchez le secteur maintenant ; sinon la box termine le drop et s’éteint.',
  stayOnMains:
    'Restez sur secteur. Vérifiez la carte de la batterie, et power.board dans la configuration.',
  cutPower: 'Rien n’est en cours d’enregistrement : vous pouvez couper le courant.',
  othersGoOn: 'Les autres enregistrements continuent.',
  freeGoesOn: 'Libérez de la place ou prenez un autre disque : cela reprend tout seul.',
  writeProtection: 'Vérifiez sa protection ; une carte usée se verrouille elle-même.',
  plugAgain: 'Rebranchez-le : il est réparé et cela reprend tout seul.',
  checkPlug: 'Vérifiez sa prise, ou prenez un autre disque.',
  checkDisk: 'Vérifiez ce disque.',
  newFile: 'Cela continue dans un nouveau fichier. Si cela se reproduit, vérifiez ce disque.',
  tooSlow: 'Le disque est trop lent ou presque mort ; prenez-en un autre.',
  secondCopy:
    'Une deuxième copie est là pour le jour où un disque lâche : donnez-lui son propre disque.',
  destinationOthers:
    'Toutes les autres reçoivent le direct. Vérifiez uplink.destinations, et le direct chez ce service.',
  destinationAlone: 'Vérifiez le réseau, et uplink.destinations dans la configuration.',
  repairLook:
    'Corrigez cette ligne du fichier, ou choisissez un autre étalonnage. Le public voit les couleurs de la caméra.',
  renewCertificate: 'Le drop continue. Vérifiez la date de la box, sinon renouvelez le certificat.',
  ownName:
    'Les commandes arrivent à l’une ou l’autre. Donnez à chaque box son box.name dans sa configuration.',
  largerPackets:
    'Augmentez la taille maximale acceptée par le broker (mosquitto : max_packet_size).',
  checkBackfill: 'Nouvel essai automatique. Vérifiez uplink.backfill et le stockage du relais.',
  letGo: 'Relâchez-le.',
  stuckCable:
    'Si personne n’appuie, regardez son câble ; un bouton qui s’ouvre quand on appuie demande l’autre active_low dans panel.buttons.',
  lookThroughSettings: 'Ouvrez les réglages, parcourez-les et appliquez ce qui manque.',
  correctDrop:
    'Corrigez la ligne dans drops.yaml, ou ajoutez le drop sur la page de régie. Les autres restent.',
  shopSecret:
    'Les commandes payées en ligne n’arrivent pas. Mettez le secret de signature dans le fichier, lisible par la box seule ; il est lu aussitôt.',
  shorterLink: 'Prenez un lien plus court, ou augmentez le débit de la plus petite qualité.',
  chooseCode: 'Définissez drop.overlay.code, ou choisissez un autre code sur cette page.',
  networkHelper: 'Réinstallez la box : son assistant réseau ne répond pas.',
  networkPrograms: 'Installez les paquets nftables et iproute2.',
  networkManager: 'Vérifiez que NetworkManager est installé et fonctionne.',
  networkDevice:
    'Vérifiez qu’il est branché, ainsi que network.guests et network.crew dans la configuration.',
  networkTaken:
    'Vérifiez qu’aucun autre programme n’utilise cette carte ou ce port. Certaines cartes Wi-Fi ne peuvent pas offrir de réseau.',
  shaperTaken:
    'Arrêtez le programme qui règle le débit de cette interface, ou prenez-en une autre.',
  compareTickets:
    'Comparez les tickets sortis avec la liste des commandes, et écrivez à la main ce qui manque. Supprimez ensuite, dans le dossier prints de la box, les fichiers qui finissent par .bad.',
};
